import { nearest } from '@millrace/resources'
import type { RegisteredRoute } from '@millrace/storage'
import { isNamed, routeIdentity } from './route-identity.ts'

/** The routes that `NAME` or `NAMESPACE/NAME` means, of every role and orphans too; or why there are none. */
export function namedRoutes(
  trigger: string,
  registered: readonly RegisteredRoute[],
): { readonly routes: readonly RegisteredRoute[] } | { readonly detail: string } {
  const routes = registered.filter(({ id }) => isNamed(routeIdentity(id), trigger))
  return routes.length > 0 ? { routes } : { detail: unknownTrigger(trigger, registered) }
}

function unknownTrigger(words: string, registered: readonly RegisteredRoute[]): string {
  const names = registered.map(({ id }) => {
    const { namespace, name } = routeIdentity(id)
    return words.includes('/') ? `${namespace}/${name}` : name
  })
  const near = nearest(words, names)
  return `there is no trigger ${words}${near === undefined ? '' : `, did you mean ${near}?`}`
}

import type { RouteRole } from '@millrace/core'

/** What a route's identity says (core, `Route.id`): all there is to know of an orphan. */
export interface RouteIdentity {
  readonly addressable: string
  readonly kind: string
  readonly namespace: string
  readonly name: string
  readonly role: RouteRole
}

/** Reads `<addressable path>|<kind>|<namespace>/<name>|<role>`; names are DNS-1123 and hold neither `|` nor `/`. */
export function routeIdentity(id: string): RouteIdentity {
  const [addressable = '', kind = '', path = '', role = ''] = id.split('|')
  const slash = path.indexOf('/')
  return {
    addressable,
    kind,
    namespace: path.slice(0, slash),
    name: path.slice(slash + 1),
    role: role as RouteRole,
  }
}

/** Whether `NAME` or `NAMESPACE/NAME` means this route; a bare name means it in every namespace. */
export function isNamed(identity: Pick<RouteIdentity, 'namespace' | 'name'>, words: string): boolean {
  return words.includes('/') ? words === `${identity.namespace}/${identity.name}` : words === identity.name
}

import type { RegisteredRoute, RouteNumber } from '@millrace/storage'
import { isNamed, routeIdentity } from './route-identity.ts'

/** A route in force by its identity or by its trigger's name; else why there is none. */
export function redirectTarget(registered: readonly RegisteredRoute[], to: string): RouteNumber | string {
  const inForce = registered.filter(({ orphanedSince }) => orphanedSince === undefined)
  const exact = inForce.find(({ id }) => id === to)
  if (exact !== undefined) return exact.route
  const named = inForce.filter(({ id }) => {
    const identity = routeIdentity(id)
    return identity.role === 'subscriber' && isNamed(identity, to)
  })
  const [only] = named
  if (only === undefined) return `no trigger in force is named ${to}`
  return named.length === 1
    ? only.route
    : `${to} names several: ${named.map(({ id }) => id).join(', ')}; give one of these`
}

/** What is said of a route that was to be an orphan. */
export function isNotOrphaned(id: string): string {
  return `${id} is part of the manifests: what waits there is delivered, take it out of them first`
}

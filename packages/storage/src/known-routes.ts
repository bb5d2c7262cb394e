import type { AppendItem, RouteNumber, Settlement } from './storage.ts'

/** @throws {RangeError} A route that was never registered is the caller's mistake, not the store's state. */
export function assertKnownRoute(route: RouteNumber, known: ReadonlySet<RouteNumber>): void {
  if (!known.has(route))
    throw new RangeError(`route ${route} is not registered: routes.register() gives the numbers`)
}

/** @throws {RangeError} as assertKnownRoute, for all targets */
export function assertKnownRoutes(items: readonly AppendItem[], known: ReadonlySet<RouteNumber>): void {
  for (const { to } of items) for (const { route } of to) assertKnownRoute(route, known)
}

/** @throws {RangeError} as assertKnownRoute, and for a delivery without a key that is to be parked */
export function assertSettlements(items: readonly Settlement[], known: ReadonlySet<RouteNumber>): void {
  for (const { appends, outcome, lease } of items) {
    if (appends !== undefined) assertKnownRoutes(appends, known)
    if (outcome.kind === 'park' && lease.key === undefined)
      throw new RangeError(`delivery ${lease.id} has no key to be parked by: only ordered ones have`)
  }
}

import type { AppendItem, RouteNumber } from './storage.ts'

/** @throws {RangeError} A route that was never registered is the caller's mistake, not the store's state. */
export function assertKnownRoutes(items: readonly AppendItem[], known: ReadonlySet<RouteNumber>): void {
  for (const { to } of items)
    for (const { route } of to)
      if (!known.has(route))
        throw new RangeError(`route ${route} is not registered: routes.register() gives the numbers`)
}

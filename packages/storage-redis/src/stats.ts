import type { RouteNumber, RouteStats } from '@millrace/storage'
import { script } from './command.ts'
import { heldByRoute } from './presence.ts'
import { list, numberOrNone, pairs, text } from './reply.ts'
import { ask } from './store.ts'
import type { Store } from './store.ts'

const routesAtOnce = 1_000

type Held = ReadonlyMap<RouteNumber, readonly [count: number, oldest: number]>

/**
 * What there is of each route: outside logs as the store has it, in this process's log as it knows it, in the
 * others' as they said a moment ago.
 */
export async function stats(store: Store, ownName: () => string): Promise<readonly RouteStats[]> {
  const all = [...store.known].toSorted((a, b) => a - b)
  const found: RouteStats[] = []
  for (let at = 0; at < all.length; at += routesAtOnce) {
    const some = all.slice(at, at + routesAtOnce)
    const command = script('stats', [store.keys.of('routes')], [store.keys.prefix, ...some])
    const rows = await ask(store, () => command, list)
    const held = heldByAll(store, pairs(rows[some.length]), ownName())
    for (const [n, route] of some.entries()) {
      const of = statsOf(route, list(rows[n]), held.get(route))
      if (of !== undefined) found.push(of)
    }
  }
  return found
}

function statsOf(
  route: RouteNumber,
  row: readonly unknown[],
  held: readonly [number, number] | undefined,
): RouteStats | undefined {
  const [count, oldest, due, letters, parked] = row.map(numberOrNone)
  const unsettled = (count ?? 0) + (held?.[0] ?? 0)
  const deadLetters = letters ?? 0
  if (unsettled === 0 && deadLetters === 0) return undefined
  const times = [oldest, held?.[1]].filter((time) => time !== undefined)
  return {
    route,
    unsettled,
    deadLetters,
    parked: parked ?? 0,
    oldest: times.length === 0 ? undefined : Math.min(...times),
    nextDue: due,
  }
}

function heldByAll({ leases }: Store, said: readonly (readonly [string, unknown])[], ownName: string): Held {
  const sum = new Map<RouteNumber, readonly [number, number]>()
  const others = said.filter(([name]) => name !== ownName)
  const each = others.map(([, json]) => JSON.parse(text(json)) as ReturnType<typeof heldByRoute>)
  for (const byRoute of [heldByRoute(leases), ...each])
    for (const [route, [count, oldest]] of Object.entries(byRoute)) {
      const known = sum.get(Number(route))
      sum.set(
        Number(route),
        known === undefined ? [count, oldest] : [known[0] + count, Math.min(known[1], oldest)],
      )
    }
  return sum
}

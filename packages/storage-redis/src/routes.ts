import { assertKnownRoute } from '@millrace/storage'
import type { RegisteredRoute, RouteNumber, RouteRegistry } from '@millrace/storage'
import { script } from './command.ts'
import { list, pairs, text } from './reply.ts'
import { ask } from './store.ts'
import type { Store } from './store.ts'

const deliveriesAtOnce = 500

export interface Routes extends RouteRegistry {
  /** Declares again what was declared. → what is wrong: the store has other numbers now, its data is gone */
  again(): Promise<string | undefined>
  /** Reads which numbers there are. */
  load(): Promise<void>
}

/** Route identities, their numbers, and what this process declares. */
export function routes(store: Store): Routes {
  const { keys, known, declared } = store
  let last: ReadonlyMap<string, RouteNumber> | undefined

  async function register(ids: readonly string[]): Promise<ReadonlyMap<string, RouteNumber>> {
    const given = await ask(
      store,
      ({ name, keys: own }) =>
        script('register', [own.log, own.declared], [keys.prefix, name, store.now(), ...ids]),
      (value) => list(value).map((number) => Number(text(number))),
    )
    const byId = new Map(ids.map((id, n) => [id, given[n] ?? 0]))
    declared.clear()
    for (const number of byId.values()) {
      known.add(number)
      declared.add(number)
    }
    last = byId
    return byId
  }

  async function again(): Promise<string | undefined> {
    if (last === undefined) return undefined
    const before = last
    const now = await register([...before.keys()])
    for (const [id, number] of before)
      if (now.get(id) !== number)
        return `Redis has lost its data: route ${id} has another number now; restart this process`
    return undefined
  }

  async function numbers(): Promise<RegisteredRoute[]> {
    const command = script('hash', [keys.of('routes'), keys.of('orphaned')], [])
    const [ids, since] = await ask(
      store,
      () => command,
      (value) => list(value).map(pairs),
    )
    const orphaned = new Map(since)
    return (ids ?? []).map(([id, number]) => {
      known.add(Number(text(number)))
      const at = orphaned.get(text(number))
      return {
        id,
        route: Number(text(number)),
        orphanedSince: at === undefined ? undefined : Number(text(at)),
      }
    })
  }

  /** Steps through all deliveries of a route; what is leased is left where it is. */
  async function step(
    name: 'drop' | 'redirect',
    from: RouteNumber,
    to: readonly RouteNumber[],
    most = Infinity,
  ): Promise<number> {
    let changed = 0
    for (let skip = 0; ;) {
      const args = [keys.prefix, from, ...to, skip, deliveriesAtOnce]
      const command = script(name, [keys.of(`all:${from}`)], args)
      const [seen, done] = (await ask(store, () => command, list)).map(Number)
      changed += done ?? 0
      skip += (seen ?? 0) - (done ?? 0)
      if (seen === undefined || seen < deliveriesAtOnce || changed >= most) return changed
    }
  }

  return {
    register,
    again,
    async load() {
      await numbers()
    },
    list: numbers,
    drop: (route, most) => step('drop', route, [], most),
    async redirect(from, to, most) {
      if (from === to) return 0
      assertKnownRoute(to, known)
      const moved = await step('redirect', from, [to], most)
      if (moved > 0) store.wake([to])
      return moved
    },
  }
}

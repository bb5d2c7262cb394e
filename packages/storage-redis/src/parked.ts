import { assertKnownRoutes } from '@millrace/storage'
import type {
  ParkedEnd,
  ParkedKey,
  ParkedKeys,
  ParkedQuery,
  RouteNumber,
  SettleResult,
} from '@millrace/storage'
import { holdFresh } from './hold-fresh.ts'
import { script } from './command.ts'
import { deliveryId } from './event-id.ts'
import { list, text } from './reply.ts'
import { consequenceArguments, readDetails } from './settle-arguments.ts'
import { ask } from './store.ts'
import type { Store } from './store.ts'

export function parkedKeys(store: Store): ParkedKeys {
  const { keys, ids, now } = store

  async function find(query: ParkedQuery): Promise<ParkedKey[]> {
    const routes = query.routes ?? [...store.known]
    const command = script('list-parked', [keys.of('routes')], [keys.prefix, ...routes])
    const found = await ask(
      store,
      () => command,
      (value) => list(value).map((row) => keyOf(list(row))),
    )
    return found
      .filter(({ key }) => query.key === undefined || query.key === key)
      .toSorted((a, b) => a.since - b.since)
      .slice(0, query.limit)
  }

  async function release(route: RouteNumber, key: string): Promise<boolean> {
    const args = [keys.prefix, 'release', route, key, now(), '']
    const done = await ask(
      store,
      ({ keys: own }) => script('park', [own.log, own.claims], args),
      (value) => value === 1,
    )
    if (done) store.wake([route])
    return done
  }

  async function skip(
    { route, key, delivery }: Parameters<ParkedKeys['skip']>[0],
    end: ParkedEnd,
  ): Promise<SettleResult> {
    const appends = end.appends ?? []
    assertKnownRoutes(appends, store.known)
    let eventIds: readonly string[] = []
    let at = 0
    const stored = await ask(
      store,
      ({ keys: own }) => {
        eventIds = appends.map(() => ids.next())
        at = now()
        const consequences = consequenceArguments(store, end, at, eventIds)
        const args = [keys.prefix, 'skip', route, key, at, delivery, ...consequences]
        return script('park', [own.log, own.claims], args)
      },
      (value) => (value === null ? undefined : list(value).map(text)),
    )
    if (stored === undefined) return { kind: 'stale' }
    store.wake([route])
    return {
      kind: 'settled',
      appends: appends.map((item, n) =>
        stored[n] === 'stored'
          ? { kind: 'stored', leases: holdFresh(store, item, eventIds[n] ?? '', at) }
          : { kind: 'duplicate' },
      ),
    }
  }

  return { list: find, release, skip }
}

function keyOf([number, key, id, since, details, waiting, record]: readonly unknown[]): ParkedKey {
  const route = Number(text(number))
  return {
    route,
    key: text(key),
    delivery: deliveryId(text(id), route),
    waiting: Number(waiting),
    since: Number(text(since)),
    details: readDetails(text(details)),
    record: Buffer.isBuffer(record) ? new Uint8Array(record) : undefined,
  }
}

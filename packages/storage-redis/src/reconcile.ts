import { script } from './command.ts'
import type { Connection } from './connection.ts'
import { deliveryKey } from './event-id.ts'
import type { DeliveryKey } from './event-id.ts'
import type { NewEvent } from './leases.ts'
import type { ProcessName } from './operation.ts'
import { list, text } from './reply.ts'
import type { Store } from './store.ts'
import { undoCommand } from './undo.ts'
import type { PendingSettle } from './unsure.ts'

const entriesAtOnce = 200
const changesAtOnce = 500

/** An event that the store says this process holds, with the routes of it. */
interface StoredHold {
  readonly event: NewEvent
  readonly isMarked: boolean
  readonly routes: readonly number[]
}

/**
 * Compares what this process believes to hold with what the store says, after a connection broke. Appends
 * that were refused are taken out; what nobody here knows of is given back. → what becomes of the settles
 * that were not answered, to be called once the connection is in use.
 */
export async function reconcile(
  store: Store,
  connection: Connection,
  process: ProcessName,
  adopted: boolean,
): Promise<() => void> {
  const { unsure, leases } = store
  const holds = adopted ? await readBack(store, connection, process) : []
  const refused = new Set(unsure.refused.flatMap(({ events }) => events.map(({ id }) => id)))
  await undo(store, connection, process)
  unsure.refused = []
  // what is asked from here on finds the new table
  const pending = [...unsure.settles]
  const asked = new Map(pending.map((each) => [`${each.event}-${each.route}`, each]))
  const appended = new Set(pending.flatMap((each) => each.appended))
  const known = new Map(
    [...leases.all()].flatMap(({ id, routes }) =>
      [...routes].map(([route, lease]) => [`${id}-${route}`, lease] as const),
    ),
  )
  const stored = new Set<string>()
  const held = new Set<PendingSettle>()
  const unknown: DeliveryKey[] = []
  const again = new Set<string>()
  leases.clear()
  for (const { event, isMarked, routes } of holds) {
    stored.add(event.id)
    if (refused.has(event.id) || appended.has(event.id)) continue
    for (const route of routes) {
      const lease = known.get(`${event.id}-${route}`)
      const ending = asked.get(`${event.id}-${route}`)
      if (lease === undefined && ending === undefined) {
        unknown.push({ event: event.id, route })
        continue
      }
      again.add(`${event.id}-${route}`)
      const kept = leases.add(event, lease === undefined || ending !== undefined ? [] : [lease])
      kept.isMarked ||= isMarked
      if (ending === undefined) continue
      kept.settling += 1
      held.add(ending)
    }
  }
  await giveBack(store, connection, process, unknown)
  store.lost([...known].flatMap(([key, lease]) => (again.has(key) ? [] : [lease])))
  return () => {
    const all = unsure.settles.splice(0)
    for (const each of all) {
      if (held.has(each) || !pending.includes(each)) each.again()
      else if (each.sent && adopted) each.done(stored)
      else each.stale()
    }
  }
}

async function readBack(
  { keys }: Store,
  connection: Connection,
  { keys: { log, marks, claims } }: ProcessName,
): Promise<readonly StoredHold[]> {
  const holds: StoredHold[] = []
  for (let after = '-'; after !== '';) {
    const command = script('readback', [log, marks, claims], [keys.prefix, after, entriesAtOnce])
    const [last, entries, claimed] = list(await connection.ask(command))
    for (const entry of list(entries)) {
      const [id, owner, counted, at, routes, isMarked] = list(entry)
      const event = {
        id: text(id),
        owner: text(owner),
        counted: Number(counted),
        at: Number(text(at)),
        place: 'log',
      } as const
      holds.push({ event, isMarked: isMarked === 1, routes: text(routes).split(' ').map(Number) })
    }
    for (const claim of list(claimed)) {
      const key = deliveryKey(text(claim))
      if (key === undefined) continue
      const event = { id: key.event, owner: '', counted: 0, at: 0, place: 'outside' } as const
      holds.push({ event, isMarked: false, routes: [key.route] })
    }
    after = text(last)
  }
  return holds
}

async function undo({ keys, unsure }: Store, connection: Connection, process: ProcessName): Promise<void> {
  // the last first: a checkpoint goes back step by step
  for (const some of inSteps(unsure.refused.toReversed()))
    await connection.ask(undoCommand(keys, process, some))
}

async function giveBack(
  { keys }: Store,
  connection: Connection,
  { keys: { log, marks, claims } }: ProcessName,
  unknown: readonly DeliveryKey[],
): Promise<void> {
  for (const some of inSteps(unknown)) {
    const args = some.flatMap(({ event, route }) => [event, route])
    await connection.ask(script('release', [log, marks, claims], [keys.prefix, ...args]))
  }
}

function* inSteps<T>(items: readonly T[]): Generator<readonly T[]> {
  for (let at = 0; at < items.length; at += changesAtOnce) yield items.slice(at, at + changesAtOnce)
}

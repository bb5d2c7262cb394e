import { setTimeout as delay } from 'node:timers/promises'
import { StorageOpenError } from '@millrace/storage'
import type {
  DeliveryEnd,
  FailedAttempt,
  MovedDelivery,
  MovedEvent,
  StorePiece,
  StoreSource,
} from '@millrace/storage'
import { script } from '../command.ts'
import { redisStorage } from '../redis-storage.ts'
import { list, pairs, text } from '../reply.ts'
import { readDetails } from '../settle-arguments.ts'
import { askAll, openCopy, type Copying } from './open-copy.ts'

/** Records are 1 MiB at most where nothing else is said. */
const eventsAtOnce = 20
const namesAtOnce = 1_000
/** A process that was killed is listed for so long. */
const deadMs = 15_000
const lookMs = 500

/**
 * A store on Redis, to be read as a whole; no server can open it meanwhile. What dead processes held is taken
 * over first.
 * @throws {StorageOpenError} processes work on it, or it cannot be used
 */
export async function redisSource(url: string): Promise<StoreSource> {
  await buryTheDead(url)
  const copying = await openCopy(url)
  try {
    const [known] = await askAll(copying.connection, [
      { name: 'exists', args: [copying.keys.of('routes'), copying.keys.of('events')] },
    ])
    if (known === 0) throw new StorageOpenError('unusable', `there is no store in ${copying.shown}`)
    const [members] = await askAll(copying.connection, [{ name: 'hlen', args: [copying.keys.of('members')] }])
    if (members !== 0) throw new StorageOpenError('held', `${copying.shown} is in use; stop its processes`)
  } catch (error) {
    await copying.close()
    throw error
  }
  return { pieces: () => allOf(copying), close: () => copying.close() }
}

/** Opens the store as a process does, which takes over from those that died. */
async function buryTheDead(url: string): Promise<void> {
  const storage = await redisStorage({ url })
  try {
    const until = performance.now() + deadMs
    for (;;) {
      await storage.renew()
      const others = (await storage.members()).filter(({ id }) => id !== storage.member)
      if (others.length === 0) return
      if (performance.now() > until) {
        const names = others.map(({ pid, host }) => `process ${pid} on ${host}`).join(', ')
        throw new StorageOpenError('held', `the store is in use by ${names}; stop it first`)
      }
      await delay(lookMs)
    }
  } finally {
    await storage.close()
  }
}

async function* allOf(copying: Copying): AsyncGenerator<readonly StorePiece[]> {
  const { connection, keys } = copying
  yield await routesOf(copying)
  const [ids, names] = [keys.of('copied-ids'), keys.of('copied-attempts')]
  try {
    await gather(copying, ids, names)
    for await (const some of inOrder(copying, ids, eventsAtOnce)) {
      const [found] = await askAll(connection, [script('export', [names], [keys.prefix, ...some])])
      yield list(found).map((each, n) => ({ kind: 'event', event: eventOf(some[n] ?? '', list(each)) }))
    }
  } finally {
    await askAll(connection, [{ name: 'del', args: [ids, names] }])
  }
  for await (const some of inOrder(copying, keys.of('dead'), eventsAtOnce)) {
    const letters = some.map((id) => ({
      name: 'hmget',
      args: [`${keys.of('dead:')}${id}`, 'route', 'details', 'record'],
    }))
    const found = await askAll(connection, letters)
    yield found.flatMap((fields, n) => letterOf(some[n] ?? '', list(fields)))
  }
  yield* smallValues(copying)
}

async function routesOf({ connection, keys }: Copying): Promise<StorePiece[]> {
  const command = script('hash', [keys.of('routes'), keys.of('orphaned')], [])
  const [ids, since] = list((await askAll(connection, [command]))[0]).map(pairs)
  const orphaned = new Map(since)
  return (ids ?? [])
    .map(([id, number]) => {
      const at = orphaned.get(text(number))
      const orphanedSince = at === undefined ? undefined : Number(text(at))
      return { kind: 'route', route: Number(text(number)), id, orphanedSince } as const
    })
    .toSorted((a, b) => a.route - b.route)
}

/** The ids of all events that wait, are archived, or have failed attempts still, in one order. */
async function gather({ connection, keys }: Copying, ids: string, names: string): Promise<void> {
  const [archives] = await askAll(connection, [{ name: 'smembers', args: [keys.of('archives')] }])
  const sets = [keys.of('events'), ...list(archives).map((owner) => keys.of(`archive:${text(owner)}`))]
  await askAll(connection, [
    { name: 'zunionstore', args: [ids, sets.length, ...sets] },
    { name: 'zunionstore', args: [names, 1, keys.of('attempted'), 'WEIGHTS', 0] },
  ])
  for await (const some of inOrder({ connection, keys }, names, namesAtOnce)) {
    const events = some.flatMap((name) => [0, name.replace(/-\d+$/, '')])
    await askAll(connection, [{ name: 'zadd', args: [ids, ...events] }])
  }
}

/** The members of a sorted set whose scores are equal, some at a time. */
async function* inOrder(
  { connection, goesOn }: Pick<Copying, 'connection' | 'keys'> & Partial<Pick<Copying, 'goesOn'>>,
  set: string,
  count: number,
): AsyncGenerator<readonly string[]> {
  for (let from = '-'; ;) {
    await goesOn?.()
    const [found] = await askAll(connection, [
      { name: 'zrangebylex', args: [set, from, '+', 'LIMIT', 0, count] },
    ])
    const some = list(found).map(text)
    if (some.length > 0) yield some
    const last = some.at(-1)
    if (last === undefined || some.length < count) return
    from = `(${last}`
  }
}

function eventOf(id: string, [event, archived, until, attempts, parked]: readonly unknown[]): MovedEvent {
  const fields = new Map(pairs(event))
  const kept = new Map(pairs(archived))
  const record = fields.get('record') ?? kept.get('record')
  const owner = text(fields.get('owner') ?? kept.get('owner'))
  const stands = new Map(
    list(parked).map((each) => {
      const [route, since, details] = list(each).map(text)
      return [Number(route), { since: Number(since), details: readDetails(details ?? '') }]
    }),
  )
  const failed = list(attempts).map((each) => {
    const [route, all] = list(each)
    return {
      route: Number(text(route)),
      failed: list(all).map((json) => JSON.parse(text(json)) as FailedAttempt),
    }
  })
  return {
    ref: id,
    at: timeOf(id),
    stored: fields.size + kept.size === 0 ? undefined : { owner, record: bytesOf(record) },
    deliveries: byRoute(fields).map(([route, packed]) => deliveryOf(route, text(packed), stands.get(route))),
    archived:
      kept.size === 0
        ? undefined
        : {
            until: Number(text(until)),
            eventId: text(kept.get('event')) || undefined,
            ends: byRoute(kept).map(([route, json]) => ({
              route,
              end: JSON.parse(text(json)) as DeliveryEnd,
            })),
          },
    attempts: failed.toSorted((a, b) => a.route - b.route),
  }
}

function deliveryOf(route: number, packed: string, parked: MovedDelivery['parked']): MovedDelivery {
  const [, due, attempts, first, interruptions, rest = ''] =
    /^(\S+) (\S+) (\S+) (\S+)(.*)$/s.exec(packed) ?? []
  return {
    route,
    due: Number(due),
    attempts: Number(attempts),
    firstAttempt: first === '-' ? undefined : Number(first),
    interruptions: Number(interruptions),
    key: rest === '' ? undefined : rest.slice(1),
    parked,
  }
}

function letterOf(id: string, [route, details, record]: readonly unknown[]): StorePiece[] {
  if (route === null || route === undefined) return []
  return [
    {
      kind: 'deadLetter',
      ref: id,
      at: timeOf(id),
      route: Number(text(route)),
      details: readDetails(text(details)),
      record: bytesOf(record),
    },
  ]
}

async function* smallValues(copying: Copying): AsyncGenerator<readonly StorePiece[]> {
  const { connection, keys } = copying
  const checkpoints = keys.of('checkpoints')
  for await (const some of scanned(copying, 'hscan', checkpoints))
    yield pairs(some).map(([key, value]) => ({ kind: 'checkpoint', key, value: bytesOf(value) }))
  const dedupe = keys.of('dedupe:')
  for await (const some of scanned(copying, 'scan', dedupe)) {
    const found = some.map(text)
    const values = await askAll(
      connection,
      found.map((key) => ({ name: 'get', args: [key] })),
    )
    // one may have expired meanwhile
    yield found.flatMap((key, n) => {
      const until = Number(text(values[n]).split(' ')[0])
      return until > 0 ? [{ kind: 'dedupe', key: key.slice(dedupe.length), until } as const] : []
    })
  }
  const singleton = keys.of('singleton:')
  for await (const some of scanned(copying, 'scan', singleton)) {
    const found = some.map(text)
    const tokens = await askAll(
      connection,
      found.map((key) => ({ name: 'hget', args: [key, 'token'] })),
    )
    yield found.map((key, n) => ({
      kind: 'singleton',
      name: key.slice(singleton.length),
      token: Number(text(tokens[n])),
    }))
  }
}

/** What is found may be found twice. */
async function* scanned(
  { connection, goesOn }: Copying,
  name: 'scan' | 'hscan',
  where: string,
): AsyncGenerator<readonly unknown[]> {
  let cursor = '0'
  do {
    await goesOn()
    const args = name === 'scan' ? [cursor, 'MATCH', `${where}*`] : [where, cursor]
    const [answer] = await askAll(connection, [{ name, args: [...args, 'COUNT', namesAtOnce] }])
    const [next, found] = list(answer)
    cursor = text(next)
    if (list(found).length > 0) yield list(found)
  } while (cursor !== '0')
}

function byRoute(fields: ReadonlyMap<string, unknown>): (readonly [number, unknown])[] {
  return [...fields]
    .filter(([name]) => /^\d+$/.test(name))
    .map(([name, value]) => [Number(name), value] as const)
    .toSorted(([a], [b]) => a - b)
}

function timeOf(id: string): number {
  return Number(id.split('-')[0])
}

function bytesOf(value: unknown): Uint8Array {
  return Buffer.isBuffer(value) ? new Uint8Array(value) : new Uint8Array()
}

import { renamedDelivery, StorageOpenError } from '@millrace/storage'
import type { MovedDelivery, MovedEvent, StorePiece, StoreTarget } from '@millrace/storage'
import { script } from '../command.ts'
import type { Argument, RedisCommand } from '../command.ts'
import type { KeySpace } from '../key-space.ts'
import { list, text } from '../reply.ts'
import { askAll, openCopy, type Copying } from './open-copy.ts'

const deliveriesAtOnce = 5_000
const keysAtOnce = 1_000
/** A dedupe key outlives its time by so much, as in an append. */
const dedupeSlackMs = 60_000

/**
 * A store on Redis that is to be filled; what an earlier copy has left unfinished there is removed.
 * @throws {StorageOpenError} there is something in it, or processes work on it
 */
export async function redisTarget(url: string): Promise<StoreTarget> {
  const copying = await openCopy(url)
  const { connection, keys, shown } = copying
  const closed = keys.of('closed')
  try {
    const [members, unfinished] = await askAll(connection, [
      { name: 'hlen', args: [keys.of('members')] },
      { name: 'get', args: [closed] },
    ])
    if (members !== 0)
      throw new StorageOpenError('held', `${shown} is in use, or was not stopped properly; it must be empty`)
    if (unfinished === null) await assertEmpty(copying)
    const reason = `a copy to this store was not finished; give the same millrace store copy again`
    await askAll(connection, [{ name: 'set', args: [closed, reason] }])
    await wipe(copying, [closed, keys.of('copier')])
  } catch (error) {
    await copying.close()
    throw error
  }
  let highest = 0
  return {
    async take(pieces) {
      for (const piece of pieces) if (piece.kind === 'route') highest = Math.max(highest, piece.route)
      await copying.goesOn()
      await askAll(
        connection,
        pieces.flatMap((piece) => commandsOf(keys, piece)),
      )
    },
    async finish() {
      await askAll(connection, [
        { name: 'set', args: [keys.of('route-number'), highest] },
        { name: 'del', args: [closed] },
      ])
    },
    close: () => copying.close(),
  }
}

async function assertEmpty({ connection, keys, shown }: Copying): Promise<void> {
  const names = ['routes', 'events', 'dead', 'checkpoints', 'archives']
  const counts = await askAll(
    connection,
    names.map((name) => ({ name: 'exists', args: [keys.of(name)] })),
  )
  const holds = names.filter((_, n) => counts[n] === 1)
  if (holds.length > 0)
    throw new StorageOpenError(
      'unusable',
      `${shown} is not empty (there are ${holds.join(', ')}); name another store with ?name=STORE`,
    )
}

async function wipe({ connection, keys, goesOn }: Copying, spared: readonly string[]): Promise<void> {
  let cursor = '0'
  do {
    await goesOn()
    const args = [cursor, 'MATCH', `${keys.prefix}*`, 'COUNT', keysAtOnce]
    const [answer] = await askAll(connection, [{ name: 'scan', args }])
    const [next, found] = list(answer)
    cursor = text(next)
    const gone = list(found)
      .map(text)
      .filter((key) => !spared.includes(key))
    if (gone.length > 0) await askAll(connection, [{ name: 'unlink', args: gone }])
  } while (cursor !== '0')
}

function commandsOf(keys: KeySpace, piece: StorePiece): RedisCommand[] {
  switch (piece.kind) {
    case 'route': {
      const { id, route, orphanedSince } = piece
      const known = { name: 'hset', args: [keys.of('routes'), id, route] }
      if (orphanedSince === undefined) return [known]
      return [known, { name: 'hset', args: [keys.of('orphaned'), route, orphanedSince] }]
    }
    case 'event':
      return eventCommands(keys, piece.event)
    case 'deadLetter': {
      const { route, record } = piece
      const id = nameOf(piece.ref)
      const details = renamedDelivery(piece.details, nameOf)
      const fields = [
        'type',
        details.type ?? '',
        'last',
        details.lastAttempt,
        'details',
        JSON.stringify(details),
      ]
      return [
        {
          name: 'hset',
          args: [`${keys.of('dead:')}${id}`, 'route', route, ...fields, 'record', record],
        },
        { name: 'zadd', args: [keys.of('dead'), 0, id] },
        { name: 'hincrby', args: [keys.of('dead-count'), route, 1] },
      ]
    }
    case 'checkpoint':
      return [{ name: 'hset', args: [keys.of('checkpoints'), piece.key, piece.value] }]
    case 'dedupe': {
      const leftMs = Math.ceil(piece.until - Date.now()) + dedupeSlackMs
      if (leftMs <= 0) return []
      return [{ name: 'set', args: [keys.of(`dedupe:${piece.key}`), `${piece.until} -`, 'PX', leftMs] }]
    }
    case 'singleton':
      return [
        {
          name: 'hset',
          args: [keys.of(`singleton:${piece.name}`), 'holder', '', 'token', piece.token, 'until', 0],
        },
      ]
  }
}

function eventCommands(keys: KeySpace, event: MovedEvent): RedisCommand[] {
  const { ref, at, stored, deliveries, archived, attempts } = event
  const id = nameOf(ref)
  const head = [
    id,
    Math.floor(at / 1_000),
    stored === undefined ? 0 : 1,
    stored?.owner ?? '',
    stored?.record ?? '',
  ]
  const kept = archived === undefined ? ['', ''] : [archived.until, archived.eventId ?? '']
  const ends = archived?.ends ?? []
  const commands: RedisCommand[] = []
  for (let from = 0; from === 0 || from < deliveries.length; from += deliveriesAtOnce) {
    const some = deliveries.slice(from, from + deliveriesAtOnce)
    const isFirst = from === 0
    const args: Argument[] = [
      ...head,
      ...(isFirst ? kept : ['', '']),
      some.length,
      ...some.flatMap(deliveryArguments),
      ...(isFirst ? [ends.length, ...ends.flatMap(({ route, end }) => [route, JSON.stringify(end)])] : [0]),
      ...(isFirst
        ? [
            attempts.length,
            ...attempts.flatMap(({ route, failed }) => [
              route,
              failed[0]?.at ?? 0,
              failed.length,
              ...failed.map((each) => JSON.stringify(each)),
            ]),
          ]
        : [0]),
    ]
    commands.push(script('import', [keys.of('events')], [keys.prefix, ...args]))
  }
  return commands
}

function deliveryArguments(delivery: MovedDelivery): Argument[] {
  const { route, due, attempts, firstAttempt, interruptions, key, parked } = delivery
  return [
    route,
    due,
    attempts,
    firstAttempt ?? '-',
    interruptions,
    key === undefined ? 0 : 1,
    key ?? '',
    parked?.since ?? '',
    parked === undefined ? '' : JSON.stringify(parked.details),
  ]
}

/** What comes from a store whose ids are plain numbers gets the second half that no process has. */
function nameOf(ref: string): string {
  return ref.includes('-') ? ref : `${ref.padStart(16, '0')}-0`
}

import type { RouteNumber } from '@millrace/storage'
import type { Connection } from '../connection.ts'
import { despiteDamage, isDamage } from '../sqlite-error.ts'
import { Pack } from './pack.ts'
import type { Left, Run } from './pack.ts'

/** What packs are read from. */
export interface PackSource {
  readonly connection: Connection
  /** Those that cannot be read, or deleted, because a page of the database is damaged. */
  readonly stuckPacks: Set<number>
}

/**
 * Reads a pack, without its records, with what is left of it. Where its row is gone, or in a damaged page, all
 * that is known of it is how many deliveries a route has in it: they are those of events that nobody knows.
 * @throws where a damaged page is met in a transaction, which has to be done again
 */
export function readPack(source: PackSource, id: number): Pack {
  const { sql } = source.connection
  const contents = contentsOf(source, id)
  if (contents === undefined) return lostPack(source, id)
  const runs = JSON.parse(contents) as Run[]
  const left: Left[] = []
  for (const route of new Set(runs.flatMap(({ routes }) => routes))) {
    const found = sql.packLeft.get(route, id) as unknown as readonly [Uint8Array | null] | undefined
    if (found !== undefined) left.push({ route, bits: found[0] ?? undefined })
  }
  return new Pack(id, runs, left)
}

function contentsOf({ connection, stuckPacks }: PackSource, id: number): string | undefined {
  if (stuckPacks.has(id)) return undefined
  try {
    return (connection.sql.packContents.get(id) as unknown as readonly [string] | undefined)?.[0]
  } catch (error) {
    if (!isDamage(error)) throw error
    stuckPacks.add(id)
    // in a transaction SQLite takes nothing more now
    if (connection.db.isTransaction) throw error
    return undefined
  }
}

/** Every pack, oldest first, from behind a number. */
export function* allPacks(source: PackSource, after = 0): Generator<Pack> {
  const { sql } = source.connection
  for (let last = after; ;) {
    // where the table has a damaged page, the other one still knows of its packs
    const row = despiteDamage(() => sql.packAfter.get(last) ?? []) ?? sql.knownPackAfter.get(last)
    const [id] = row as unknown as readonly [number | null | undefined]
    if (typeof id !== 'number') return
    last = id
    yield readPack(source, id)
  }
}

/** The number of the last pack that does not begin behind an event. */
export function packBefore({ connection: { sql } }: PackSource, event: number): number | undefined {
  const row = despiteDamage(() => sql.packBefore.get(event) ?? []) ?? sql.knownPackBefore.get(event)
  const [id] = row as unknown as readonly [number | null | undefined]
  return id ?? undefined
}

/** Its events get numbers that no other event has: those that it had are among them or behind them. */
function lostPack({ connection: { sql } }: PackSource, id: number): Pack {
  const rows = sql.packRoutes.all(id) as unknown as (readonly [RouteNumber, number, Uint8Array | null])[]
  const left = rows.map(([route, count, bits]) => ({ route, bits: bits ?? firstBits(count) }))
  const most = Math.max(0, ...left.map(({ bits }) => 8 * bits.length - Math.clz32(bits.at(-1) ?? 0) + 24))
  const events: [number, number][] = []
  for (let event = id; events.length < most; event += 1)
    if (sql.hasEvent.get(event) === undefined) events.push([event, 0])
  return new Pack(id, [{ owner: '', routes: left.map(({ route }) => route), events }], left)
}

function firstBits(count: number): Uint8Array {
  const bits = new Uint8Array(Math.ceil(count / 8))
  for (let index = 0; index < count; index += 1) bits[index >>> 3]! |= 1 << (index & 7)
  return bits
}

import type { RouteNumber } from '@millrace/storage'
import type { Connection } from './connection.ts'
import { LivePacks } from './packs/live-packs.ts'

/** What is counted of a route. `from`: its oldest delivery is not older than this event. */
export interface RouteCount {
  unsettled: number
  deadLetters: number
  from: number
  /** Nothing waits for it in packs that begin before this event. */
  packsFrom: number
}

export interface KnownRoute {
  readonly id: string
  orphanedSince: number | undefined
}

/**
 * What the worker keeps in memory beside the database: leases, which only this process has, and what
 * would be slow to count. Changes belong to the transaction that is open: `kept` or `undone` ends them.
 */
export class StoreState {
  lastId = 0
  commits = 0
  readonly routes = new Map<RouteNumber, KnownRoute>()
  readonly counts = new Map<RouteNumber, RouteCount>()
  /** Events whose fan-out is still being written. */
  readonly incomplete = new Set<number>()
  /** Routes where the next of a key has got its turn. */
  readonly promoted = new Set<RouteNumber>()
  readonly packs = new LivePacks()
  readonly #leased = new Map<RouteNumber, Set<number>>()
  #undo: (() => void)[] = []

  /** Numbers for events and dead letters: ascending, and the time in microseconds where that is later. */
  nextId(now: number): number {
    this.lastId = Math.max(this.lastId + 1, Math.floor(now) * 1_000)
    return this.lastId
  }

  isLeased(event: number, route: RouteNumber): boolean {
    return this.#leased.get(route)?.has(event) === true || this.packs.isLeased(event, route)
  }

  lease(event: number, route: RouteNumber): void {
    let leased = this.#leased.get(route)
    if (leased === undefined) this.#leased.set(route, (leased = new Set()))
    if (leased.has(event)) return
    leased.add(event)
    this.#undo.push(() => leased.delete(event))
  }

  endLease(event: number, route: RouteNumber): void {
    const leased = this.#leased.get(route)
    if (leased?.delete(event) === true) this.#undo.push(() => leased.add(event))
  }

  *leases(): Generator<readonly [event: number, route: RouteNumber]> {
    for (const [route, events] of this.#leased) for (const event of events) yield [event, route]
  }

  countOf(route: RouteNumber): RouteCount {
    let count = this.counts.get(route)
    if (count === undefined)
      this.counts.set(route, (count = { unsettled: 0, deadLetters: 0, from: 0, packsFrom: 0 }))
    return count
  }

  countDeliveries(route: RouteNumber, many: number, oldest: number): void {
    const count = this.countOf(route)
    const { from } = count
    if (count.unsettled === 0 || oldest < from) count.from = oldest
    count.unsettled += many
    this.#undo.push(() => {
      count.unsettled -= many
      count.from = Math.min(from, count.from)
    })
  }

  uncountDelivery(route: RouteNumber): void {
    const count = this.countOf(route)
    count.unsettled -= 1
    this.#undo.push(() => void (count.unsettled += 1))
  }

  countDeadLetter(route: RouteNumber, change: 1 | -1): void {
    const count = this.countOf(route)
    count.deadLetters += change
    this.#undo.push(() => void (count.deadLetters -= change))
  }

  /** Anything else that a transaction changes in memory. */
  undoWith(undo: () => void): void {
    this.#undo.push(undo)
  }

  kept(): void {
    this.#undo = []
  }

  undone(): void {
    for (const undo of this.#undo.toReversed()) undo()
    for (const pack of this.packs.changed) pack.changed.clear()
    this.packs.changed.clear()
    this.#undo = []
  }

  /** Reads routes and counters anew. Leases stay: compareLeases looks after them. */
  load({ db }: Connection): void {
    const rows = (text: string): (number | string | null)[][] => {
      const statement = db.prepare(text)
      statement.setReturnArrays(true)
      return statement.all() as unknown as (number | string | null)[][]
    }
    const [state] = rows('SELECT commits, last_id FROM state')
    this.commits = Number(state?.[0])
    this.lastId = Math.max(this.lastId, Number(state?.[1]))
    this.routes.clear()
    for (const [number, id, since] of rows('SELECT number, id, orphaned_since FROM route'))
      this.routes.set(Number(number), {
        id: String(id),
        orphanedSince: since === null ? undefined : Number(since),
      })
    this.counts.clear()
    for (const [route, unsettled, from] of rows(
      'SELECT route, count(*), min(event) FROM delivery GROUP BY route',
    ))
      this.counts.set(Number(route), {
        unsettled: Number(unsettled),
        deadLetters: 0,
        from: Number(from),
        packsFrom: 0,
      })
    for (const [route, left, from] of rows(
      'SELECT route, sum(left), min(pack) FROM pack_route GROUP BY route',
    ))
      this.countDeliveries(Number(route), Number(left), Number(from))
    this.kept()
    for (const [route, letters] of rows('SELECT route, count(*) FROM dead_letter GROUP BY route'))
      this.countOf(Number(route)).deadLetters = Number(letters)
  }
}

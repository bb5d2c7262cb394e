import type { AppendItem, DeliveryEnd, RouteNumber } from '../storage.ts'

/** An event, stored once however many deliveries it has. */
export interface StoredEvent {
  readonly number: number
  readonly owner: string
  record: Uint8Array | undefined
  /** Of its record. */
  readonly bytes: number
  readonly appendedAt: number
  deliveries: number
  /** Until when it is in the archive; undefined: it is not. */
  archivedUntil: number | undefined
  /** Its `id` attribute, where it is in the archive. */
  readonly eventId: string | undefined
  readonly ends: Map<RouteNumber, DeliveryEnd>
}

/** The events of a store in memory, and what they weigh. */
export class MemoryEvents {
  /** Of all records, dead letters' too. */
  bytes = 0
  /** Of what is not settled, by owner. */
  readonly unsettled = new Map<string, number>()
  readonly #events = new Map<number, StoredEvent>()
  #last = 0

  /** Ascending numbers for events and dead letters. */
  next(): number {
    this.#last += 1
    return this.#last
  }

  all(): Iterable<StoredEvent> {
    return this.#events.values()
  }

  add(
    owner: string,
    record: Uint8Array | undefined,
    now: number,
    archive?: AppendItem['archive'],
  ): StoredEvent {
    const event = {
      number: this.next(),
      owner,
      // a small one may be a view of a pool, which it would keep whole
      record: record?.slice(),
      bytes: record?.length ?? 0,
      appendedAt: now,
      deliveries: 0,
      archivedUntil: archive === undefined ? undefined : now + archive.keepMs,
      eventId: archive?.eventId,
      ends: new Map(),
    }
    this.#events.set(event.number, event)
    this.bytes += event.bytes
    return event
  }

  /** One delivery more or less; an event goes with its last one, unless the archive keeps it. */
  delivery(event: StoredEvent, change: 1 | -1): void {
    const before = event.deliveries
    event.deliveries += change
    if (before === 0 || event.deliveries === 0) {
      const bytes = (this.unsettled.get(event.owner) ?? 0) + change * event.bytes
      if (bytes > 0) this.unsettled.set(event.owner, bytes)
      else this.unsettled.delete(event.owner)
    }
    this.#sweep(event)
  }

  /** The archive keeps it no longer. */
  unarchive(event: StoredEvent): void {
    event.archivedUntil = undefined
    event.ends.clear()
    this.#sweep(event)
  }

  #sweep(event: StoredEvent): void {
    if (event.deliveries > 0 || event.archivedUntil !== undefined) return
    if (this.#events.delete(event.number)) this.bytes -= event.bytes
  }
}

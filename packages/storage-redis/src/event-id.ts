import type { RouteNumber } from '@millrace/storage'

/** The two parts of a delivery's id. */
export interface DeliveryKey {
  /** `MICROSECONDS-PROCESS`: a stream's id, so that a log holds the event under it. */
  readonly event: string
  readonly route: RouteNumber
}

const digits = 16

/**
 * Gives ids that ascend for ever within a process, and are unique in the store. The first half tells when
 * (microseconds since the epoch), the second who.
 */
export class EventIds {
  readonly #process: string
  readonly #now: () => number
  #last = 0

  constructor(process: string, now: () => number) {
    this.#process = process
    this.#now = now
  }

  next(): string {
    this.#last = Math.max(this.#last + 1, Math.floor(this.#now() * 1_000))
    return `${String(this.#last).padStart(digits, '0')}-${this.#process}`
  }

  /** What comes is behind this: what was given by a process before. */
  passed(time: number): void {
    this.#last = Math.max(this.#last, time)
  }

  get last(): number {
    return this.#last
  }
}

export function deliveryId(event: string, route: RouteNumber): string {
  return `${event}-${route}`
}

/** undefined: it is none of this store's ids. */
export function deliveryKey(id: string): DeliveryKey | undefined {
  const [, event, route] = /^(\d+-\d+)-(\d+)$/.exec(id) ?? []
  return event === undefined ? undefined : { event, route: Number(route) }
}

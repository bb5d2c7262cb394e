import { toStructured, ttlAttribute, type Batching, type CloudEvent } from '@millrace/core'
import type { HeldDelivery } from '../route-queue.ts'

/** No request is larger. */
export const mostBatchBytes = 1024 * 1024
/** Timers are set no further ahead: one of more than 24 days fires at once. */
const longestSleepMs = 3_600_000
const openBracket = '['.charCodeAt(0)
const comma = ','.charCodeAt(0)
const closeBracket = ']'.charCodeAt(0)

/** Deliveries that share requests until one is taken, or until they are parted. */
export interface Batch {
  /** Empty: all were withdrawn. */
  readonly deliveries: HeldDelivery[]
  /** Requests that failed with all of them in it, and are to be made again. */
  readonly failures: number
}

/** What of a route goes together, and when. */
export class BatchLine {
  #due: Batch[] = []
  readonly #resting = new Map<Batch, NodeJS.Timeout>()
  /** When each became ready, monotonic. */
  readonly #since = new WeakMap<HeldDelivery, number>()
  #timer: NodeJS.Timeout | undefined

  /** What is to be sent now; `again` is called when there may be more. */
  next(ready: HeldDelivery[], batching: Batching, nowMs: number, again: () => void): Batch | undefined {
    clearTimeout(this.#timer)
    let known = this.#due.shift()
    while (known?.deliveries.length === 0) known = this.#due.shift()
    if (known !== undefined || ready.length === 0) return known
    const waitMs = this.#firstAt(ready, nowMs) + batching.waitMs - nowMs
    if (ready.length < batching.size && waitMs > 0) {
      this.#timer = setTimeout(again, Math.min(Math.ceil(waitMs), longestSleepMs))
      this.#timer.unref()
      return undefined
    }
    const deliveries = ready.splice(0, fitting(ready, batching.size))
    return { deliveries, failures: 0 }
  }

  /** Since when the first has been ready; those that came since the last look have come now. */
  #firstAt(ready: readonly HeldDelivery[], nowMs: number): number {
    for (let at = ready.length - 1; at >= 0 && !this.#since.has(ready[at]!); at -= 1)
      this.#since.set(ready[at]!, nowMs)
    return this.#since.get(ready[0]!) ?? nowMs
  }

  /** Before all others. */
  putBack(...batches: readonly Batch[]): void {
    this.#due.unshift(...batches)
  }

  /** It goes again after a while. */
  rest(batch: Batch, ms: number, again: () => void): void {
    const timer = setTimeout(() => {
      this.#resting.delete(batch)
      this.#due.push(batch)
      again()
    }, ms)
    timer.unref()
    this.#resting.set(batch, timer)
  }

  /** All that it holds, in order. */
  held(): HeldDelivery[] {
    return [...this.#due, ...this.#resting.keys()].flatMap(({ deliveries }) => deliveries)
  }

  /** Takes one out of what it holds. */
  withdraw(delivery: HeldDelivery): void {
    for (const { deliveries } of [...this.#due, ...this.#resting.keys()]) {
      const at = deliveries.indexOf(delivery)
      if (at !== -1) deliveries.splice(at, 1)
    }
  }

  /** Gives up all that it holds, in order. */
  surrender(): HeldDelivery[] {
    clearTimeout(this.#timer)
    for (const timer of this.#resting.values()) clearTimeout(timer)
    const batches = [...this.#due, ...this.#resting.keys()]
    this.#due = []
    this.#resting.clear()
    return batches.flatMap(({ deliveries }) => deliveries)
  }
}

/** How many of the first fit into one request; one at least. */
function fitting(ready: readonly HeldDelivery[], most: number): number {
  let bytes = 2
  for (const [index, { event }] of ready.entries()) {
    if (index === most) return most
    bytes += structured(event.record.event).length + 1
    if (index > 0 && bytes - 1 > mostBatchBytes) return index
  }
  return ready.length
}

/** The array of the events (CloudEvents JSON format, 4), whole even where it is one. */
export function batchBody(deliveries: readonly HeldDelivery[]): Uint8Array {
  const parts: Uint8Array[] = []
  for (const [index, { event }] of deliveries.entries()) {
    parts.push(Uint8Array.of(index === 0 ? openBracket : comma), structured(event.record.event))
  }
  parts.push(Uint8Array.of(closeBracket))
  return Buffer.concat(parts)
}

function structured(event: CloudEvent): Uint8Array {
  return toStructured(event, { omit: ttlAttribute }).body ?? new Uint8Array()
}

import { classify, retryDelayMs, type Batching, type Failure } from '@millrace/core'
import type { AttemptResult } from '../attempt.ts'
import { decide, header, type Outcome } from '../outcome.ts'
import type { HeldDelivery, RouteQueue } from '../route-queue.ts'
import { failedEvents, isJson } from './batch-answer.ts'
import { batchBody, BatchLine, mostBatchBytes, type Batch } from './batch-line.ts'

/** What the dispatcher does for batches as for single deliveries. */
export interface BatchHost {
  readonly now: () => number
  readonly random: () => number
  /** Makes a request if the limits let it; `false`: they do not, and the queue comes back. */
  send(queue: RouteQueue, request: BatchRequest): boolean
  /** One delivery's own outcome: it is said and settled. */
  conclude(delivery: HeldDelivery, outcome: Outcome, result: AttemptResult): void
  /** An attempt that is to be made again, without a retry being spent. */
  said(delivery: HeldDelivery, outcome: Outcome, result: AttemptResult): void
  /** → those that this process may still send. */
  keep(deliveries: readonly HeldDelivery[]): HeldDelivery[]
  pump(queue: RouteQueue): void
}

export interface BatchRequest {
  readonly headers: readonly string[]
  readonly body: Uint8Array
  readonly wantsBody: (status: number, headers: readonly string[]) => boolean
  /** `counts`: whether a failure is to have consequences. */
  readonly done: (result: AttemptResult, counts: boolean) => void
}

const headers = ['content-type', 'application/cloudevents-batch+json']
/** A batch that keeps failing is parted at this failure. */
const mostFailures = 2

/** Deliveries of routes that want several events in one request. */
export class Batches {
  readonly #host: BatchHost
  readonly #lines = new WeakMap<RouteQueue, BatchLine>()

  constructor(host: BatchHost) {
    this.#host = host
  }

  /** Sends what is to be sent now, as far as the limits of the route let it. */
  pump(queue: RouteQueue, batching: Batching): void {
    const line = this.#lines.get(queue) ?? new BatchLine()
    this.#lines.set(queue, line)
    queue.hasBatches = true
    for (;;) {
      const batch = line.next(queue.ready, batching, performance.now(), () => this.#host.pump(queue))
      if (batch === undefined) return
      if (this.#send(queue, line, batch)) continue
      line.putBack(batch)
      return
    }
  }

  /** What waits to go together, or to go again. */
  held(queue: RouteQueue): readonly HeldDelivery[] {
    return this.#lines.get(queue)?.held() ?? []
  }

  withdraw(delivery: HeldDelivery): void {
    this.#lines.get(delivery.queue)?.withdraw(delivery)
  }

  /** Nothing of the route goes together any more: what did is as it was before. */
  part(queue: RouteQueue): void {
    queue.ready.unshift(...(this.#lines.get(queue)?.surrender() ?? []))
    queue.hasBatches = false
  }

  #send(queue: RouteQueue, line: BatchLine, { failures, deliveries }: Batch): boolean {
    const batch: Batch = { failures, deliveries: this.#host.keep(deliveries) }
    if (batch.deliveries.length === 0) return true
    const body = batchBody(batch.deliveries)
    const [first] = batch.deliveries
    if (body.length > mostBatchBytes && first !== undefined) {
      this.#tooLarge(first, body.length)
      return true
    }
    return this.#host.send(queue, {
      headers,
      body,
      wantsBody: (status, answered) => classify(status) === 'delivered' && isJson(answered),
      done: (result, counts) => {
        if (result.failure === 'aborted') line.putBack(batch)
        // the circuit is open: others are the next probe
        else if (!counts) queue.ready.push(...batch.deliveries)
        else if (result.error === undefined && classify(result.status) === 'delivered')
          this.#taken(batch, result)
        else if (batch.deliveries.length === 1) this.#alone(batch.deliveries[0]!, result)
        else this.#failed(queue, line, batch, result)
        // the route may have been parted meanwhile, and this is to be given up too
        queue.hasBatches = true
        this.#host.pump(queue)
      },
    })
  }

  /** A 2xx: all are delivered but those that the answer names. Replies are not read. */
  #taken({ deliveries }: Batch, result: AttemptResult): void {
    const failed = failedEvents(result, deliveries.length)
    const own = { ...result, headers: [], body: new Uint8Array(), truncated: false }
    for (const [index, delivery] of deliveries.entries()) {
      const code = failed.get(index)
      if (code === undefined) this.#host.conclude(delivery, { kind: 'delivered', replies: [] }, own)
      else this.#alone(delivery, { ...own, status: code })
    }
  }

  #alone(delivery: HeldDelivery, result: AttemptResult): void {
    this.#host.conclude(delivery, this.#decide(delivery, result), result)
  }

  /** Nobody knows which event is at fault: none spends a retry, and the batch is parted before long. */
  #failed(queue: RouteQueue, line: BatchLine, batch: Batch, result: AttemptResult): void {
    const { deliveries } = batch
    const failures = batch.failures + 1
    const isFinal = result.error === undefined && classify(result.status) === 'dead'
    const waitMs = isFinal || failures >= mostFailures ? 0 : this.#waitMs(queue, result)
    const due = Math.ceil(this.#host.now() + waitMs)
    for (const delivery of deliveries) {
      const outcome = this.#decide(delivery, result)
      if ('failure' in outcome)
        this.#host.said(delivery, { kind: 'retry', due, failure: outcome.failure }, result)
    }
    if (isFinal || failures >= mostFailures) {
      const half = Math.ceil(deliveries.length / 2)
      const parts = [deliveries.slice(0, half), deliveries.slice(half)]
      line.putBack(...parts.map((part) => ({ deliveries: part, failures: 0 })))
    } else line.rest({ deliveries, failures }, waitMs, () => this.#host.pump(queue))
  }

  #waitMs({ route }: RouteQueue, { status, headers: answered }: AttemptResult): number {
    const { now, random } = this.#host
    const retryAfter = header(answered, 'retry-after')
    return retryDelayMs(route.policy, 1, { status, retryAfter, nowMs: now(), random })
  }

  #decide({ queue, lease }: HeldDelivery, result: AttemptResult): Outcome {
    const { now, random } = this.#host
    return decide(queue.route, urlOf(queue), lease, result, { nowMs: now(), random })
  }

  #tooLarge(delivery: HeldDelivery, bytes: number): void {
    const { queue, lease } = delivery
    const nowMs = this.#host.now()
    const failure: Failure = {
      route: queue.route.id,
      reason: `as a batch the event has ${bytes} bytes, more than the ${mostBatchBytes} of a request`,
      destination: urlOf(queue),
      attempts: lease.attempts,
      firstAttempt: lease.firstAttempt ?? nowMs,
      lastAttempt: nowMs,
    }
    const result = { status: undefined, headers: [], body: new Uint8Array(), truncated: false, ms: 0 }
    this.#host.conclude(
      delivery,
      { kind: 'dead', failure },
      { ...result, error: failure.reason, failure: undefined },
    )
  }
}

function urlOf({ route: { destination } }: RouteQueue): string {
  return destination?.kind === 'url' ? destination.url : ''
}

import type { Batching, Destination, Failure, SinkDestination } from '@millrace/core'
import { StorageError, type Lease, type Storage } from '@millrace/storage'
import type { EgressRules } from '../egress/egress-rules.ts'
import { guardedConnector } from '../egress/guarded-connector.ts'
import type { Flow } from '../flow.ts'
import type { Channels, DeliverySettled } from '../observability/channels.ts'
import type { SinkSends } from '../sink-sends.ts'
import { attempt, AttemptAborted, type AttemptRequest, type AttemptResult } from './attempt.ts'
import { Batches, type BatchRequest } from './batches/batches.ts'
import { Connections } from './connections.ts'
import { connector } from './connector.ts'
import { Deadlines } from './deadlines.ts'
import { HeldLeases } from './held-leases.ts'
import { ending, forwarding, withEnd } from './endings.ts'
import type { RouteGate } from './gates/route-gate.ts'
import { decide, mayHoldReply, type Outcome } from './outcome.ts'
import type { HeldDelivery, RouteQueue } from './route-queue.ts'
import type { Ending, Settler } from './settler.ts'
import { sinkAttempt } from './sink-attempt.ts'
import { attemptedAt } from './set-aside.ts'
import type { Slots } from './slots.ts'
import { sayAttempt } from './say-attempt.ts'
import type { Draft } from './draft.ts'
import { subscriberOf, type Subscriber } from './subscriber.ts'

/** Connecting takes at most so long, whatever the attempt's own timeout is. */
const connectTimeoutMs = 10_000
/** Of an answer: as much as of a request (ingress). */
const maxHeaderBytes = 64 * 1024
/** A delivery whose outcome the store cannot take is tried anew after so long. */
const postponedMs = 60_000

export interface DispatcherOptions {
  readonly flow: Flow
  readonly slots: Slots<RouteQueue>
  readonly settler: Settler
  /** Where requests may go. */
  readonly egress: EgressRules
  /** Those that are no HTTP. */
  readonly sinks: SinkSends
  readonly bodyLimitBytes: number
  readonly channels: Channels
  readonly now: () => number
  readonly random: () => number
  /** Whether what is held is this process's still. */
  readonly storage: Pick<Storage, 'holds' | 'renew'>
  /** The delivery waits in the store until `due`. */
  readonly waits: (queue: RouteQueue, due: number) => void
  readonly failed: (fields: object, message: string) => void
}

type UrlDestination = Extract<Destination, { kind: 'url' }>

/** Makes the attempts: takes what is ready, within the route's own limit and the global cap, and settles. */
export class Dispatcher {
  readonly #options: DispatcherOptions
  readonly #connections: Connections
  readonly #deadlines = new Deadlines()
  readonly #batches: Batches
  readonly #leases: HeldLeases
  readonly #holds = (): boolean => this.#leases.areSure
  readonly #stalled = new Set<RouteQueue>()
  #stopping = false
  #outOfTime = false
  #idle: () => void = () => undefined

  constructor(options: DispatcherOptions) {
    this.#options = options
    this.#leases = new HeldLeases(options.storage, () => this.resume())
    this.#batches = new Batches({
      now: options.now,
      random: options.random,
      send: (queue, request) => this.#sendBatch(queue, request),
      said: (delivery, outcome, result) => sayAttempt(this.#options.channels, delivery, outcome, result),
      conclude: (delivery, outcome, result) => {
        sayAttempt(this.#options.channels, delivery, outcome, result)
        this.#settle(delivery, this.#ending(delivery, outcome, result))
      },
      keep: (deliveries) => this.#keep(deliveries),
      pump: (queue) => this.#goOn(queue),
    })
    const connect = guardedConnector({ rules: options.egress, timeoutMs: connectTimeoutMs })
    this.#connections = new Connections({
      allowH2: false,
      maxHeaderSize: maxHeaderBytes,
      connect: connector(connect),
    })
  }

  /** Begins what may begin now. */
  pump(queue: RouteQueue): void {
    const { slots } = this.#options
    const { flow, destination, inFlight } = queue.route
    if (flow?.batch !== undefined && destination?.kind === 'url') return this.#pumpBatches(queue, flow.batch)
    if (queue.hasBatches) this.#batches.part(queue)
    while (queue.ready.length > 0 && queue.active && !this.#stopping) {
      if (this.#stalls(queue)) return
      if (queue.gate !== undefined && !this.#passes(queue, queue.gate)) return
      const to = attemptedAt(queue)
      if (to !== undefined && (queue.inFlight >= inFlight || !slots.take(queue))) return
      const delivery = queue.ready.shift()
      if (delivery === undefined) return
      queue.gate?.begun()
      if (to === undefined) this.#forward(delivery)
      else if (to.kind === 'url') this.#attempt(delivery, to)
      else this.#send(delivery, to)
    }
    if (!queue.active) this.#giveBack(queue)
    slots.leave(queue)
  }

  #pumpBatches(queue: RouteQueue, batching: Batching): void {
    if (queue.active && !this.#stopping) this.#batches.pump(queue, batching)
    else if (!queue.active) this.#giveBack(queue)
  }

  #sendBatch(queue: RouteQueue, { headers, body, wantsBody, done }: BatchRequest): boolean {
    const { slots } = this.#options
    const { destination, inFlight } = queue.route
    if (destination?.kind !== 'url' || this.#stalls(queue)) return false
    if (queue.gate !== undefined && !this.#passes(queue, queue.gate)) return false
    if (queue.inFlight >= inFlight || !slots.take(queue)) return false
    slots.leave(queue)
    queue.gate?.begun()
    const subscriber = subscriberOf(queue.route, destination.url, destination.authorization)
    const message = { headers: [...headers, ...subscriber.headersWithoutReply], body, wantsBody }
    this.#request(queue, subscriber, message, (result) => {
      done(result, result.failure === 'aborted' || (queue.gate?.ended(result) ?? true))
    })
    return true
  }

  /** Nothing may begin now: the queue comes back when it may. */
  #stalls(queue: RouteQueue): boolean {
    if (!this.#options.settler.paused && this.#leases.areSure) return false
    this.#stalled.add(queue)
    return true
  }

  /** Somebody else has these by now: nothing more is begun with them. */
  lose(leases: readonly Lease[], queues: Iterable<RouteQueue>): void {
    this.#leases.lose(leases)
    for (const queue of queues) {
      const gone = this.idle(queue).filter(({ lease }) => this.#leases.hasLost(lease))
      for (const delivery of gone) this.#withdraw(delivery)
      this.#options.settler.forget(gone)
    }
  }

  /** → those that nobody else has by now */
  #keep(deliveries: readonly HeldDelivery[]): HeldDelivery[] {
    const { lost = [], kept = [] } = Object.groupBy(deliveries, ({ lease }) =>
      this.#leases.hasLost(lease) ? 'lost' : 'kept',
    )
    this.#options.settler.forget(lost)
    return kept
  }

  /** Whether the route's rate and circuit let an attempt begin; if not, it comes back when they do. */
  #passes(queue: RouteQueue, gate: RouteGate): boolean {
    if (gate.mayBegin(() => this.pump(queue))) return true
    this.#options.slots.leave(queue)
    return false
  }

  /** What the queue holds without an attempt under way. */
  idle(queue: RouteQueue): readonly HeldDelivery[] {
    return queue.hasBatches ? [...queue.ready, ...this.#batches.held(queue)] : queue.ready
  }

  /** Ends what waits for its turn, without an attempt. → whether it was still this process's. */
  async cancel(delivery: HeldDelivery): Promise<boolean> {
    const { queue } = delivery
    this.#withdraw(delivery)
    const result = await this.#options.settler.settle(delivery, { outcome: { kind: 'done' }, ms: 0 })
    this.#goOn(queue)
    return result === 'settled'
  }

  #withdraw(delivery: HeldDelivery): void {
    const { ready } = delivery.queue
    const at = ready.indexOf(delivery)
    if (at === -1) this.#batches.withdraw(delivery)
    else ready.splice(at, 1)
  }

  /** Begins nothing more, waits for what is under way at most `drainMs`, then cuts it off and gives it back. */
  async drain(queues: Iterable<RouteQueue>, drainMs: number): Promise<void> {
    this.#stopping = true
    if (!this.#quiet()) {
      const { promise, resolve } = Promise.withResolvers<void>()
      this.#idle = resolve
      const timer = setTimeout(() => {
        // what the store has not taken by now is its own to end when it is closed
        this.#outOfTime = true
        void this.#connections.destroy(new AttemptAborted('the server stops'))
        this.#options.sinks.abort()
        if (this.#quiet()) resolve()
      }, drainMs)
      await promise
      clearTimeout(timer)
    }
    for (const queue of queues) this.#giveBack(queue)
    await this.#connections.destroy()
  }

  #quiet(): boolean {
    return this.#options.slots.used === 0 && (this.#outOfTime || this.#options.settler.pending === 0)
  }

  #attempt(delivery: HeldDelivery, destination: UrlDestination): void {
    const { queue, event } = delivery
    const { route } = queue
    const subscriber = subscriberOf(route, destination.url, destination.authorization)
    const { headers, body } = event.message(route.policy.format)
    this.#request(
      queue,
      subscriber,
      {
        headers: this.#headersOf(delivery, subscriber, headers),
        body,
        wantsBody: (status, answered) => mayHoldReply(route, status, answered),
      },
      (result) => this.#attempted(delivery, subscriber.url, result),
    )
  }

  /** As an attempt at a URL, but for how it goes out. */
  #send(delivery: HeldDelivery, { path, address }: SinkDestination): void {
    const { queue, event } = delivery
    queue.inFlight += 1
    const send = {
      sink: path,
      event: event.record.event,
      headers: this.#headersOf(delivery, { url: address, headers: [] }, []),
      timeoutMs: queue.route.policy.timeoutMs,
    }
    sinkAttempt(this.#options.sinks, send, (result) => {
      this.#ended(queue)
      this.#attempted(delivery, address, result)
    })
  }

  #headersOf(
    { lease, queue, event }: HeldDelivery,
    { url, headers: own }: Pick<Subscriber, 'url' | 'headers'>,
    headers: string[],
  ) {
    const { deliveryAttempting } = this.#options.channels
    if (!deliveryAttempting.hasSubscribers) return headers.concat(own)
    const message = {
      route: queue.route,
      record: event.record,
      delivery: lease.id,
      attempt: lease.attempts + 1,
      destination: url,
      headers: [...headers, ...own],
    }
    deliveryAttempting.publish(message)
    return message.headers
  }

  #request(
    queue: RouteQueue,
    { origin, path }: Subscriber,
    { headers, body, wantsBody }: Pick<AttemptRequest, 'headers' | 'body' | 'wantsBody'>,
    done: (result: AttemptResult) => void,
  ): void {
    queue.inFlight += 1
    const { bodyLimitBytes } = this.#options
    const deadline = this.#deadlines.after(queue.route.policy.timeoutMs)
    const request = { origin, path, headers, body, deadline, bodyLimitBytes, wantsBody, holds: this.#holds }
    attempt(this.#connections, request, (result) => {
      this.#ended(queue)
      done(result)
    })
  }

  /** The attempt is over: its slot goes to whoever's turn it is. */
  #ended(queue: RouteQueue): void {
    const { slots } = this.#options
    queue.inFlight -= 1
    slots.give(queue)
    // one whose turn it is may have no use for it any more
    for (let next = slots.next(); next !== undefined; next = slots.next()) this.pump(next)
    if (this.#outOfTime && this.#quiet()) this.#idle()
  }

  #attempted(delivery: HeldDelivery, url: string, result: AttemptResult): void {
    const { queue, lease } = delivery
    if (result.failure === 'aborted') {
      queue.ready.unshift(...this.#keep([delivery]))
      if (this.#stopping) this.#giveBack(queue)
      else this.#goOn(queue)
      return
    }
    const { now, random } = this.#options
    const nowMs = now()
    const counts = queue.gate?.ended(result) ?? true
    const outcome = decide(queue.route, url, lease, result, { nowMs, random })
    if (!counts && 'failure' in outcome) return this.#spendNothing(delivery, outcome.failure, result)
    sayAttempt(this.#options.channels, delivery, outcome, result)
    this.#settle(delivery, this.#ending(delivery, outcome, result))
  }

  /**
   * The circuit is open, or the sink is not ready: the delivery is made again as if it had not been. It goes back
   * into the store, behind all that waits there, so that the next probe is another's: one bad event must not keep
   * the circuit open.
   */
  #spendNothing(delivery: HeldDelivery, failure: Failure, result: AttemptResult): void {
    const due = Math.ceil(this.#options.now() + (delivery.queue.gate?.probeMs ?? 0))
    const outcome: Outcome = { kind: 'retry', due, failure }
    sayAttempt(this.#options.channels, delivery, outcome, result)
    this.#settle(delivery, { outcome: { kind: 'retry', due }, ms: result.ms })
  }

  #ending(delivery: HeldDelivery, outcome: Outcome, result: AttemptResult): Ending {
    return ending(this.#options.flow.current, delivery, outcome, result, this.#options.now())
  }

  /** To another addressable: nothing goes over HTTP, it is one step in the store. */
  #forward(delivery: HeldDelivery): void {
    const { flow, now } = this.#options
    this.#settle(delivery, forwarding(flow.current, delivery, now()))
  }

  #settle(delivery: HeldDelivery, made: Ending): void {
    const { settler, waits, now, channels, flow } = this.#options
    const { queue, event, lease } = delivery
    const nowMs = now()
    settler.settle(delivery, withEnd(flow.current, delivery, made, nowMs)).then(
      (result) => {
        if (result === 'settled' && made.outcome.kind === 'retry') waits(queue, made.outcome.due)
        if (result === 'settled' && made.outcome.kind === 'done') {
          const { failure } = made
          const message: Draft<DeliverySettled> = {
            route: queue.route,
            record: event.record,
            delivery: lease.id,
            outcome: failure === undefined ? 'delivered' : 'dead',
            attempts: lease.attempts + 1,
            ms: nowMs - event.record.acceptedAt,
          }
          if (failure !== undefined) message.reason = failure.reason
          if (failure?.code !== undefined) message.code = failure.code
          channels.deliverySettled.publish(message)
        }
        this.#goOn(queue)
      },
      (err: unknown) => this.#postpone(delivery, err),
    )
  }

  /** What the store cannot take stays where it is (design: rule 9), and is tried anew later. */
  #postpone({ queue, lease }: HeldDelivery, err: unknown): void {
    const { settler, waits, failed, now } = this.#options
    const about = { route: queue.route.id, delivery: lease.id }
    failed({ ...about, err }, 'an outcome could not be settled')
    // the store is gone or closed: only the next start goes on with it
    if (err instanceof StorageError) return this.#goOn(queue)
    const due = now() + postponedMs
    settler
      .postpone(lease, due)
      .then(
        () => waits(queue, due),
        (again: unknown) => failed({ ...about, err: again }, 'a delivery is held until the next start'),
      )
      .finally(() => this.#goOn(queue))
  }

  #goOn(queue: RouteQueue): void {
    this.pump(queue)
    this.resume()
  }

  /** Fewer outcomes wait for the store: what was stalled for them goes on. */
  resume(): void {
    if (this.#stalled.size > 0 && !this.#options.settler.paused) {
      const stalled = [...this.#stalled]
      this.#stalled.clear()
      for (const each of stalled) this.pump(each)
    }
    if (this.#stopping && this.#quiet()) this.#idle()
  }

  #giveBack(queue: RouteQueue): void {
    if (queue.hasBatches) this.#batches.part(queue)
    if (queue.ready.length === 0) return
    const deliveries = queue.ready.splice(0)
    const { settler, waits, failed } = this.#options
    settler
      .release(deliveries)
      .then(
        () => waits(queue, 0),
        (err: unknown) => failed({ route: queue.route.id, err }, 'deliveries could not be given back'),
      )
      .finally(() => this.#goOn(queue))
  }
}

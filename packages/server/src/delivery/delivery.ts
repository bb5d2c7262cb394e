import type { Route } from '@millrace/core'
import type { Lease, ParkedKey, RouteNumber, Storage } from '@millrace/storage'
import { EgressRules } from '../egress/egress-rules.ts'
import type { Flow, LiveTopology } from '../flow.ts'
import type { Channels } from '../observability/channels.ts'
import type { RouteState } from '../replicas/route-state.ts'
import type { SinkSends } from '../sink-sends.ts'
import type { Worker } from '../worker.ts'
import type { ClaimedRecords } from './claimed-records.ts'
import { Claimer } from './claimer.ts'
import { Dispatcher } from './dispatcher.ts'
import { rateMemory } from './gates/rate-memory.ts'
import { RouteGate } from './gates/route-gate.ts'
import { PreparedEvent } from './prepared-event.ts'
import { ReadAhead } from './read-ahead.ts'
import { RouteQueue, type HeldDelivery } from './route-queue.ts'
import { Settler } from './settler.ts'
import { noSinks } from './sink-attempt.ts'
import { skipParked } from './skip-parked.ts'
import { Slots } from './slots.ts'
import { Windows } from './windows.ts'

/** Events held in memory for delivery, each counted once (design: bounded memory). */
const leasedBytes = 64 * 1024 * 1024
/** Due work that gets no answer from the store for so long makes the server unready. */
const stuckMs = 15_000

export interface DeliveryOptions {
  readonly storage: Storage
  readonly flow: Flow
  readonly maxInFlight: number
  readonly bodyLimitBytes: number
  /** Where requests may go; those that hold by default where left out. */
  readonly egress?: EgressRules
  /** Those that are no HTTP; there are none where left out. */
  readonly sinks?: SinkSends
  readonly channels: Channels
  /** Whether a route's deliveries wait by command. */
  readonly isPaused?: (route: Route) => boolean
  readonly log: { error(fields: object, message: string): void }
  readonly now?: () => number
  readonly random?: () => number
}

/** The delivery half of the server: windows, claims, attempts, settling. */
export class Delivery {
  readonly windows: Windows
  readonly readAhead: ReadAhead
  readonly #storage: Storage
  readonly #slots: Slots<RouteQueue>
  readonly #settler: Settler
  readonly #dispatcher: Dispatcher
  readonly #claimer: Claimer
  readonly #now: () => number
  readonly #log: DeliveryOptions['log']
  readonly #flow: Flow
  readonly #channels: Channels
  readonly #isPaused: (route: Route) => boolean
  readonly #unsubscribe: () => void
  #sharers = 1

  constructor(options: DeliveryOptions) {
    const { storage, flow, maxInFlight, bodyLimitBytes, egress, sinks, channels, log, now, random } = options
    this.#storage = storage
    this.#log = log
    this.#flow = flow
    this.#channels = channels
    this.#isPaused = options.isPaused ?? (() => false)
    this.#now = now ?? Date.now
    this.#slots = new Slots(maxInFlight)
    this.windows = new Windows(
      leasedBytes,
      {
        ready: (queue) => this.#dispatcher.pump(queue),
        spilled: (queue) => this.#waits(queue, 0),
        scheduled: (queue, due) => this.#waits(queue, due),
        freed: (queue) => {
          this.readAhead.freed(queue)
          this.#claimer.check(queue)
          this.#claimer.freed()
        },
      },
      this.#now,
    )
    this.readAhead = new ReadAhead(this.windows)
    this.#settler = new Settler({ storage, windows: this.windows, flow, channels })
    this.#claimer = new Claimer({
      storage,
      windows: this.windows,
      now: this.#now,
      take: (queue, lease, records) => this.#take(queue, lease, records),
      claimed: (queue) => this.#dispatcher.pump(queue),
      failed: (queue, err) => log.error({ route: queue.route.id, err }, 'claims of a route fail'),
    })
    this.#dispatcher = new Dispatcher({
      storage,
      flow,
      bodyLimitBytes,
      channels,
      egress: egress ?? new EgressRules(),
      sinks: sinks ?? noSinks,
      slots: this.#slots,
      settler: this.#settler,
      now: this.#now,
      random: random ?? Math.random,
      waits: (queue, due) => this.#waits(queue, due),
      failed: (fields, message) => log.error(fields, message),
    })
    this.#unsubscribe = storage.subscribe({
      wake: (routes) => this.#wake(routes),
      lost: (leases) => this.#dispatcher.lose(leases, this.windows.all()),
      health: ({ kind }) => kind === 'ok' && this.#dispatcher.resume(),
      members: () => void this.#countSharers(),
    })
  }

  get workers(): readonly Worker[] {
    return [this.#claimer]
  }

  /** Why due work does not go on, if it does not. */
  get stuck(): string | undefined {
    const since = this.#claimer.stuckSince
    if (since === undefined || performance.now() - since < stuckMs) return undefined
    return 'deliveries are due and the store gives none'
  }

  routeState(routeId: string): RouteState {
    const queue = this.windows.queue(routeId)
    const { inFlight = 0, lastError, failing = false, paused = false, gate } = queue ?? {}
    const circuit = gate?.circuit
    return {
      inFlight,
      lastError,
      failing,
      paused,
      ...(circuit !== undefined && { circuit: circuit.isOpen ? 'open' : 'closed' }),
    }
  }

  /** What it does with each of its routes, by their numbers. */
  *states(): Iterable<[RouteNumber, RouteState]> {
    for (const { number, route } of this.windows.all()) yield [number, this.routeState(route.id)]
  }

  /** Routes that have attempts under way, with their number. */
  inFlight(): [Route, number][] {
    const busy: [Route, number][] = []
    for (const { route, inFlight } of this.windows.all()) if (inFlight > 0) busy.push([route, inFlight])
    return busy
  }

  /** The circuits of the routes that have one. */
  circuits(): { route: Route; isOpen: boolean; opened: number }[] {
    const all = []
    for (const { route, gate } of this.windows.all())
      if (gate?.circuit !== undefined)
        all.push({ route, isOpen: gate.circuit.isOpen, opened: gate.circuit.opened })
    return all
  }

  /** Those of these deliveries that this process holds without an attempt under way: for a rate, a circuit, a slot. */
  idle(ids: readonly string[]): string[] {
    return this.#held(ids).map(({ lease }) => lease.id)
  }

  /** Ends those of them that are held so. → which. */
  async cancel(ids: readonly string[]): Promise<string[]> {
    const cancelled = await Promise.all(
      this.#held(ids).map(async (held) => ((await this.#dispatcher.cancel(held)) ? [held] : [])),
    )
    const gone = cancelled.flat()
    for (const [{ route }, { length: count }] of Map.groupBy(gone, ({ queue }) => queue))
      this.#channels.deliveriesRemoved.publish({ route, result: 'cancelled', count })
    return gone.map(({ lease }) => lease.id)
  }

  #held(ids: readonly string[]): HeldDelivery[] {
    const wanted = new Set(ids)
    return [...this.windows.all()]
      .flatMap((queue) => this.#dispatcher.idle(queue))
      .filter(({ lease }) => wanted.has(lease.id))
  }

  /** Makes the head of a parked key a dead letter; `false`: it was no longer the head. */
  skip(parked: ParkedKey): Promise<boolean> {
    return skipParked(this.#flow.current, this.#settler, this.#channels, parked, this.#now())
  }

  /** Looks anew at what is paused: such a route gives back what it holds, and one that goes on claims. */
  repause(): void {
    for (const queue of this.windows.all()) {
      const paused = this.#pauses(queue.route)
      if (queue.paused === paused) continue
      queue.paused = paused
      this.#dispatcher.pump(queue)
      this.#claimer.check(queue)
    }
  }

  /** Takes a topology over that is in force from now on: new windows, changed ones, removed ones. */
  async apply(live: LiveTopology): Promise<void> {
    // all windows are there before anything is waited for: what is accepted from now on needs them
    const known = [...this.windows.all()]
    for (const queue of known) {
      const route = live.topology.routes.get(queue.route.id)
      if (route === undefined) this.windows.remove(queue)
      else {
        queue.route = route
        queue.paused = this.#pauses(route)
        this.#gate(queue)
      }
    }
    const added: RouteQueue[] = []
    for (const route of live.topology.routes.values()) {
      if (this.windows.queue(route.id) !== undefined) continue
      added.push(this.#add(route, live.numberOf(route.id)))
    }
    for (const queue of known) {
      this.#dispatcher.pump(queue)
      this.#claimer.check(queue)
    }
    await Promise.all([this.#lookUp(added), this.#countSharers()])
  }

  /** Ends deliveries: those under way have `drainMs`, the rest is given back to the store. */
  async stop(drainMs: number): Promise<void> {
    this.#unsubscribe()
    this.#claimer.stop()
    for (const queue of this.windows.all()) {
      clearTimeout(queue.timer)
      queue.gate?.close()
    }
    await this.#dispatcher.drain(this.windows.all(), drainMs)
  }

  #add(route: Route, number: RouteNumber): RouteQueue {
    const queue = new RouteQueue(route, number)
    // until the store has said what waits there, nothing new may overtake it
    queue.spilled = true
    queue.paused = this.#pauses(route)
    this.#gate(queue)
    this.windows.add(queue)
    return queue
  }

  /** A route that has a rate or a circuit, or leads to a sink that may be unready, has a gate, which outlives reloads. */
  #gate(queue: RouteQueue): void {
    const { flow, destination } = queue.route
    if (flow?.rate === undefined && flow?.circuit === undefined && destination?.kind !== 'sink') {
      queue.gate?.close()
      queue.gate = undefined
      return
    }
    queue.gate ??= new RouteGate(
      () => performance.now(),
      rateMemory(this.#storage.checkpoints, queue.route.id),
    )
    queue.gate.update(flow ?? {}, this.#sharers)
  }

  /** A rate holds over all processes of the store: each has its part. */
  async #countSharers(): Promise<void> {
    const sharers = await this.#storage.members().then(
      ({ length }) => Math.max(1, length),
      () => this.#sharers,
    )
    if (sharers === this.#sharers) return
    this.#sharers = sharers
    for (const queue of this.windows.all()) this.#gate(queue)
  }

  #pauses(route: Route): boolean {
    return route.paused === true || (route.role === 'subscriber' && this.#isPaused(route))
  }

  async #lookUp(queues: readonly RouteQueue[]): Promise<void> {
    if (queues.length === 0) return
    const nextDues = await this.#nextDues()
    for (const queue of queues) {
      const nextDue = nextDues === undefined ? 0 : nextDues.get(queue.number)
      if (nextDue !== undefined) queue.expect(nextDue)
      if (queue.spilling === 0 && !queue.claiming) queue.spilled = queue.isDue(this.#now())
      this.#claimer.check(queue)
    }
  }

  /** When what waits for each route is due; undefined: the store does not say, so anything may wait. */
  async #nextDues(): Promise<Map<RouteNumber, number | undefined> | undefined> {
    try {
      return new Map((await this.#storage.stats()).map(({ route, nextDue }) => [route, nextDue]))
    } catch (err) {
      this.#log.error({ err }, 'what waits for new routes is not known, it is claimed')
      return undefined
    }
  }

  #take(queue: RouteQueue, lease: Lease, records: ClaimedRecords): void {
    const read = records.of(lease)
    if (read instanceof PreparedEvent) {
      this.windows.claimed(queue, lease, read)
      return
    }
    const nowMs = this.#now()
    this.#log.error(
      { route: queue.route.id, delivery: lease.id, reason: read },
      'a stored record is set aside',
    )
    const setAside = this.#settler.setAside(lease, read, nowMs).catch((err: unknown) => {
      this.#log.error({ route: queue.route.id, delivery: lease.id, err }, 'a record could not be set aside')
    })
    void setAside.then(() => this.#dispatcher.resume())
  }

  #waits(queue: RouteQueue, due: number): void {
    // the route may have been removed and have come back while the delivery was under way
    const current = this.windows.queueOf(queue.number)
    if (current === undefined) return
    current.expect(due)
    if (due <= this.#now()) current.spilled = true
    this.#claimer.check(current)
  }

  #wake(routes: readonly RouteNumber[] | 'all'): void {
    const queues =
      routes === 'all' ? [...this.windows.all()] : routes.map((route) => this.windows.queueOf(route))
    for (const queue of queues) if (queue !== undefined) this.#waits(queue, 0)
  }
}

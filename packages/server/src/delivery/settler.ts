import type { Addressable, ArchivePolicy, Failure } from '@millrace/core'
import type {
  FailedAttempt,
  Lease,
  NewDeadLetter,
  ParkedKey,
  Settlement,
  SettleResult,
  Storage,
} from '@millrace/storage'
import type { Flow } from '../flow.ts'
import type { Channels } from '../observability/channels.ts'
import type { Consequence, Consequences } from './consequences.ts'
import { prepareEvent } from './prepared-event.ts'
import type { HeldDelivery } from './route-queue.ts'
import type { Shipment, Windows } from './windows.ts'

/** Dispatch pauses while so many outcomes wait for the store (design: rule 8). */
const mostPending = 1_000

export interface SettlerOptions {
  readonly storage: Pick<Storage, 'settle' | 'release' | 'parked'>
  readonly windows: Windows
  readonly flow: Flow
  readonly channels: Channels
}

/** How a delivery ends, or goes on. */
export interface Ending {
  readonly outcome: Settlement['outcome']
  readonly consequences?: Consequences
  /** The attempt, where it failed. */
  readonly failure?: Failure
  /** What the subscriber answered, where it took the event. */
  readonly code?: number
  readonly ms: number
}

/** Writes ends of deliveries into the store, each one atomic step with what follows from it. */
export class Settler {
  readonly #storage: SettlerOptions['storage']
  readonly #windows: Windows
  readonly #flow: Flow
  readonly #channels: Channels
  #pending = 0

  constructor(options: SettlerOptions) {
    this.#storage = options.storage
    this.#windows = options.windows
    this.#flow = options.flow
    this.#channels = options.channels
  }

  /** Outcomes that the store has not taken yet. */
  get pending(): number {
    return this.#pending
  }

  get paused(): boolean {
    return this.#pending >= mostPending
  }

  /**
   * Settles and frees the delivery's room; resolves when the store has it. Rejects where the store cannot
   * take this outcome: the delivery is still leased then.
   */
  settle(delivery: HeldDelivery, ending: Ending): Promise<SettleResult['kind']> {
    const isPlain = ending.consequences === undefined && ending.failure === undefined
    return isPlain ? this.#settlePlain(delivery, ending.outcome) : this.#settleWhole(delivery, ending)
  }

  /** Nothing follows from it: so nearly all deliveries end, and each promise less counts. */
  #settlePlain(delivery: HeldDelivery, outcome: Settlement['outcome']): Promise<SettleResult['kind']> {
    const freed = (): void => {
      this.#pending -= 1
      this.#windows.drop(delivery)
    }
    const { lease, queue } = delivery
    // not where the next of its key waits for it, or where it takes room that is wanted soon
    const mayWait = lease.key === undefined && queue.room > queue.window / 2
    this.#pending += 1
    return this.#storage.settle([{ lease, outcome, mayWait }]).then(
      ([result]) => {
        freed()
        return result?.kind ?? 'stale'
      },
      (error: unknown) => {
        freed()
        throw error
      },
    )
  }

  async #settleWhole(delivery: HeldDelivery, ending: Ending): Promise<SettleResult['kind']> {
    const { appends: planned, deadLetters } = ending.consequences ?? { appends: [], deadLetters: [] }
    const appends = this.#arriving(planned, delivery)
    const matched = appends.filter(
      (consequence) => consequence.routes.length > 0 || this.#archiveOf(consequence) !== undefined,
    )
    const shipments = matched.map((consequence) => this.#ship(consequence))
    const attempt = ending.failure === undefined ? undefined : failedAttempt(ending.failure, ending.ms)
    let result: SettleResult = { kind: 'stale' }
    try {
      result = await this.#write({
        lease: delivery.lease,
        outcome: ending.outcome,
        appends: shipments.map(({ item }) => item),
        deadLetters,
        ...(attempt === undefined ? {} : { attempt }),
      })
    } finally {
      this.#windows.drop(delivery)
      answer(shipments, result)
    }
    if (result.kind === 'settled') for (const consequence of appends) this.#announce(consequence)
    return result.kind
  }

  /** Ends a parked head with what follows from it; `stale`: it is not the head any more. */
  async skip(parked: ParkedKey, { appends, deadLetters }: Consequences): Promise<SettleResult['kind']> {
    const shipments = appends.filter(({ routes }) => routes.length > 0).map((each) => this.#ship(each))
    let result: SettleResult = { kind: 'stale' }
    try {
      const items = shipments.map(({ item }) => item)
      result = await this.#storage.parked.skip(parked, { appends: items, deadLetters })
    } finally {
      answer(shipments, result)
    }
    if (result.kind === 'settled') for (const each of appends) this.#announce(each)
    return result.kind
  }

  /** Sets a delivery aside whose record cannot be read: it rests in the dead letters, raw. */
  async setAside(lease: Lease, reason: string, nowMs: number): Promise<void> {
    const letter: NewDeadLetter = {
      route: lease.route,
      details: {
        reason,
        attempts: lease.attempts,
        firstAttempt: lease.firstAttempt ?? nowMs,
        lastAttempt: nowMs,
      },
    }
    await this.#write({ lease, outcome: { kind: 'done' }, deadLetters: [letter] })
  }

  /** Ends a lease whose outcome the store could not take: due again at a time, no attempt counted. */
  async postpone(lease: Lease, due: number): Promise<void> {
    await this.#write({ lease, outcome: { kind: 'retry', due } })
  }

  /** Gives deliveries back to the store: no attempt counted. */
  async release(deliveries: readonly HeldDelivery[]): Promise<void> {
    if (deliveries.length === 0) return
    try {
      await this.#storage.release(deliveries.map(({ lease }) => lease))
    } finally {
      for (const delivery of deliveries) this.#windows.drop(delivery)
    }
  }

  /** Somebody else has these: their room is free. */
  forget(deliveries: readonly HeldDelivery[]): void {
    for (const delivery of deliveries) this.#windows.drop(delivery)
  }

  async #write(settlement: Settlement): Promise<SettleResult> {
    this.#pending += 1
    try {
      const [result] = await this.#storage.settle([settlement])
      return result ?? { kind: 'stale' }
    } finally {
      this.#pending -= 1
    }
  }

  /** What follows from a delivery, with what listeners let travel with it. */
  #arriving(planned: readonly Consequence[], { lease }: HeldDelivery): readonly Consequence[] {
    const { eventArriving } = this.#channels
    if (!eventArriving.hasSubscribers) return planned
    return planned.map((consequence) => {
      const addressable = this.#taker(consequence)
      const origin = { kind: 'delivery', delivery: lease.id } as const
      const message = { addressable, origin, record: consequence.record }
      eventArriving.publish(message)
      return { ...consequence, record: message.record }
    })
  }

  #ship(consequence: Consequence): Shipment {
    const { addressable, record, routes } = consequence
    const { event, stored } = prepareEvent(record)
    const owner = this.#flow.current.ownerOf(addressable)
    return this.#windows.ship(owner, event, stored, routes, this.#archiveOf(consequence))
  }

  #archiveOf(consequence: Consequence): ArchivePolicy | undefined {
    return this.#taker(consequence)?.archive
  }

  /** A reply or a dead letter on its way to a URL is no event of the addressable that it comes from. */
  #taker({ addressable, routes }: Consequence): Addressable | undefined {
    if (routes.some(({ role }) => role !== 'subscriber')) return undefined
    return this.#flow.current.topology.addressables.get(addressable)
  }

  /** A reply or a dead letter that an addressable has taken is an accepted event like any other. */
  #announce(consequence: Consequence): void {
    const addressable = this.#taker(consequence)
    const { record, routes } = consequence
    if (addressable === undefined) return
    this.#channels.eventAccepted.publish({ addressable, record, matched: routes })
    if (routes.length === 0) this.#channels.eventUnmatched.publish({ addressable, record })
  }
}

/** Tells each shipment what became of it; what was not stored gives its room back. */
function answer(shipments: readonly Shipment[], result: SettleResult): void {
  for (const [index, shipment] of shipments.entries())
    shipment.answered(
      (result.kind === 'settled' ? result.appends[index] : undefined) ?? { kind: 'duplicate' },
    )
}

function failedAttempt(failure: Failure, ms: number): FailedAttempt {
  return {
    n: failure.attempts,
    at: failure.lastAttempt,
    ...(failure.code === undefined ? {} : { code: failure.code }),
    error: failure.reason,
    ...(failure.body === undefined ? {} : { body: failure.body }),
    ms: Math.round(ms),
  }
}

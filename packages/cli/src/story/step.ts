/** The event that a step is about. */
export interface StepEvent {
  readonly id: string
  readonly source: string
  readonly type: string
  readonly subject?: string
}

/** Why a trigger did not match: the clause that failed, and what the event has there. */
export interface Unmatched {
  readonly trigger: string
  readonly clause: string
  readonly value?: string
}

interface OfEvent {
  /** RFC 3339. */
  readonly time: string
  /** Such as `/default/default`. */
  readonly addressable: string
  readonly event: StepEvent
}

export interface AcceptedStep extends OfEvent {
  readonly step: 'accepted'
  /** The names of the triggers that take it. */
  readonly matched: readonly string[]
  /** Of how many. */
  readonly of: number
  /** Of those that do not, where it was asked for. */
  readonly why?: readonly Unmatched[]
}

export interface UnmatchedStep extends OfEvent {
  readonly step: 'unmatched'
  readonly why?: readonly Unmatched[]
}

interface OfDelivery extends OfEvent {
  readonly trigger: string
  /** Where it is not the subscriber's: a reply on its way to a URL, a dead letter to its sink. */
  readonly to?: 'reply' | 'deadletter'
}

export interface AttemptStep extends OfDelivery {
  readonly step: 'attempt'
  /** From 1. */
  readonly attempt: number
  readonly code?: number
  readonly error?: string
  readonly ms: number
  readonly outcome: 'delivered' | 'retry' | 'dead'
  /** When it is tried again, RFC 3339. */
  readonly due?: string
}

export interface DeliveredStep extends OfDelivery {
  readonly step: 'delivered'
  readonly attempts: number
  /** Since it was accepted. */
  readonly ms: number
}

export interface DeadStep extends OfDelivery {
  readonly step: 'dead'
  readonly reason?: string
  readonly code?: number
}

/** A producer was refused. */
export interface RejectedStep {
  readonly step: 'rejected'
  readonly time: string
  /** The path that was asked for. */
  readonly addressable: string
  readonly status: number
  readonly code: string
  readonly detail: string
}

/** The reader was too slow for so many steps. */
export interface MissedStep {
  readonly step: 'missed'
  readonly count: number
}

/** One step of an event's way, as the admin port tells it. */
export type Step =
  | AcceptedStep
  | UnmatchedStep
  | AttemptStep
  | DeliveredStep
  | DeadStep
  | RejectedStep
  | MissedStep

import type { JobFacts, RouteNumber } from '@millrace/storage'

/** Which dead letters are redriven: all that is given must hold. */
export interface RedriveInput extends JobFacts {
  /** As they were named. */
  readonly trigger?: string
  readonly routes?: readonly RouteNumber[]
  readonly type?: string
  /** Last attempt at or after this time, milliseconds since the epoch. */
  readonly since?: number
  /** At most so many, the oldest. */
  readonly limit?: number
  /** At most so many a second. */
  readonly perSecond?: number
}

/** What waits for these orphans is dropped, or goes to another route. */
export interface OrphansInput extends JobFacts {
  readonly orphan: string
  readonly routes: readonly RouteNumber[]
  readonly to?: { readonly name: string; readonly route: RouteNumber }
}

/** Kinds of jobs, with what each is given. */
export interface JobInputs {
  readonly redrive: RedriveInput
  readonly 'drop-orphans': OrphansInput
  readonly 'redirect-orphans': OrphansInput
  readonly retention: JobFacts
}

export type JobKind = keyof JobInputs

/** What every job says of itself. */
export interface ShownProgress extends JobFacts {
  readonly done?: number
  readonly total?: number
  readonly skipped?: number
  /** The first of those that were skipped. */
  readonly skips?: readonly { readonly id: string; readonly reason: string }[]
}

/** What a job is given, and how far it has come: JSON. */
export type JobFacts = Readonly<Record<string, unknown>>

export interface NewJob {
  /** Letters, digits and hyphens. What is added under an id that is there already changes nothing. */
  readonly id: string
  readonly kind: string
  readonly input: JobFacts
}

export type JobState = 'waiting' | 'running' | 'done' | 'failed' | 'cancelled'

export interface Job extends NewJob {
  readonly state: JobState
  /** What was saved last; empty at first. */
  readonly progress: JobFacts
  /** Milliseconds since the epoch. */
  readonly createdAt: number
  readonly startedAt?: number
  readonly endedAt?: number
  /** Why it failed, or why it is tried again. */
  readonly error?: string
}

/** A job that this process works on. */
export interface HeldJob {
  readonly job: Job
  /** It is cancelled, or somebody else has it, or this process stops. */
  readonly signal: AbortSignal
  /**
   * Keeps how far it has come, for whoever goes on with it.
   * @throws where the job is no longer this process's: nothing more is to be done then
   */
  readonly save: (progress: JobFacts) => Promise<void>
}

/**
 * Does a job, from where its progress says, in steps that do no harm twice; ends it by returning.
 * @throws {JobError} it can never be done; any other error means that it is tried again later
 */
export type JobRun = (held: HeldJob) => Promise<void>

/**
 * Work that takes long and that people watch. It outlives the process (where the store is durable): whoever
 * works on the store next goes on with it. One process works on a job at a time.
 */
export interface Jobs {
  /** → the job, whether it is new or was there. */
  add(job: NewJob): Promise<Job>
  /** Oldest first. */
  list(): Promise<readonly Job[]>
  get(id: string): Promise<Job | undefined>
  /** It ends before its next step. → false: there is none that has not ended. */
  cancel(id: string): Promise<boolean>
  /** Forgets one that has ended. */
  forget(id: string): Promise<void>
  /** Works on what is there, one job after the other, until the signal aborts; what is under way then is left to the next. */
  work(run: JobRun, signal: AbortSignal): Promise<void>
}

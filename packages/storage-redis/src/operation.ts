import type { RedisCommand } from './command.ts'
import type { ProcessKeys } from './key-space.ts'
import type { Reply } from './reply.ts'

/** What a connection is known by in the store while it lasts. */
export interface ProcessName {
  readonly name: string
  readonly keys: ProcessKeys
}

/** Something to be done in the store, in one pipeline with whatever else is asked in this turn of the loop. */
export interface Operation {
  /** Its commands, made right before they are sent; each of them is one step. */
  commands(process: ProcessName): readonly RedisCommand[]
  /** A reply for each command; none is lost. */
  answered(replies: readonly Reply[]): void
  /** It accepts an event: nobody is told before all have it that should (confirmation.ts). */
  readonly isAcceptance?: boolean
  /** It was done, and is not confirmed. */
  unconfirmed?(replies: readonly Reply[]): void
  /** The store is away. `sent`: nobody knows whether it was done. */
  away(sent: boolean): void
}

import type { Clock } from '@millrace/source-sdk'
import type { Storage } from '@millrace/storage'
import type { AcceptEach, RoomFor } from '../accept.ts'
import type { Flow } from '../flow.ts'
import type { Channels } from '../observability/channels.ts'
import type { Upstream } from './http-call.ts'
import type { ProblemReports } from './problem-reports.ts'
import type { SourceCounters } from './source-counters.ts'

export interface SourcesLog {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

/** What all sources of a server share. */
export interface SourceParts {
  readonly storage: Pick<Storage, 'capabilities' | 'checkpoints' | 'singletons'>
  readonly flow: Flow
  readonly accept: AcceptEach
  readonly room: RoomFor
  readonly clock: Clock
  readonly upstream: Pick<Upstream, 'call' | 'close'>
  readonly counters: SourceCounters
  readonly problems: ProblemReports
  readonly channels: Pick<Channels, 'sourceRun'>
  readonly log: SourcesLog
  /** Where the outside reaches the ingress port. */
  readonly publicUrl: string | undefined
  /** This process among those of the store. */
  readonly holder: string
}

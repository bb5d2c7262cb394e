import type { IncomingHttpHeaders } from 'node:http'

/** A request that a receiver has read to its end. */
export interface ReceivedRequest {
  readonly path: string
  readonly method: string
  readonly headers: IncomingHttpHeaders
  readonly rawHeaders: readonly string[]
  readonly body: Buffer
  /** When it was read, milliseconds since the epoch. */
  readonly at: number
}

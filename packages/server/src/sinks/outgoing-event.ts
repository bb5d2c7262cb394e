import { ttlAttribute, withAttributes } from '@millrace/core'
import type { SinkEvent } from '@millrace/source-sdk'
import type { SinkSend } from '../sink-sends.ts'

/** An event as a sink gets it: nobody outside sees the loop guard. */
export function outgoingEvent({ event, headers }: SinkSend): SinkEvent {
  const trace: Record<string, string> = {}
  for (let at = 0; at + 1 < headers.length; at += 2) trace[headers[at] as string] = headers[at + 1] as string
  return { event: withAttributes(event, { [ttlAttribute]: undefined }), trace }
}

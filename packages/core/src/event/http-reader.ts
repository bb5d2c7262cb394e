import { readBinary } from './binary-reader.ts'
import type { CloudEvent } from './cloud-event.ts'
import { readContentHeaders, type ContentMode } from './http-headers.ts'
import type { Problem } from './problems.ts'
import { readBatch, readStructured } from './structured-reader.ts'

export type ReadResult =
  | { readonly kind: 'events'; readonly mode: ContentMode; readonly events: readonly CloudEvent[] }
  | { readonly kind: 'problem'; readonly problem: Problem }

/**
 * The events of an HTTP message in any content mode (CloudEvents 1.0.2 HTTP binding), specversion 1.0 or 0.3.
 * `rawHeaders` is flat, names and values in turn, as node and undici give them: values are latin1 characters.
 * Data is a view of `body`. It never throws, whatever comes.
 */
export function readHttpEvent(rawHeaders: readonly string[], body: Uint8Array): ReadResult {
  const content = readContentHeaders(rawHeaders)
  if ('code' in content) return { kind: 'problem', problem: content }
  const { mode } = content
  if (mode === 'batch') {
    const events = readBatch(body)
    return 'code' in events ? { kind: 'problem', problem: events } : { kind: 'events', mode, events }
  }
  const event =
    mode === 'structured' ? readStructured(body) : readBinary(rawHeaders, content.contentType, body)
  return 'code' in event ? { kind: 'problem', problem: event } : { kind: 'events', mode, events: [event] }
}

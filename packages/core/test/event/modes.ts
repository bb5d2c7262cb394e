import { toBatch, toBinary, toStructured, type CloudEvent, type HttpMessage } from '@millrace/core'
import { eventOf, single } from './http-messages.ts'

export const allModes = ['binary', 'structured', 'batch'] as const
export type Mode = (typeof allModes)[number]

/** The message of one event. */
export function write(event: CloudEvent, mode: Mode): HttpMessage {
  if (mode === 'binary') return toBinary(event)
  return mode === 'structured' ? toStructured(event) : toBatch([event])
}

/** Writes and reads an event. */
export function send(event: CloudEvent, mode: Mode): CloudEvent {
  const { headers, body } = write(event, mode)
  return eventOf(single(headers, body ?? new Uint8Array(0)))
}

/**
 * What no mode may change: attributes in their canonical form and the payload. The JSON format's implied
 * content type is said aloud in binary mode, and only 0.3 in JSON says how its data is coded.
 */
export function facts(event: CloudEvent): unknown {
  const { headers, body } = toBinary(event)
  const pairs = new Map<string, string>()
  for (let index = 0; index < headers.length; index += 2)
    pairs.set(headers[index] ?? '', headers[index + 1] ?? '')
  pairs.delete('ce-datacontentencoding')
  if (pairs.get('content-type') === 'application/json') pairs.delete('content-type')
  const empty = body === undefined || body.length === 0
  return { headers: Object.fromEntries(pairs), body: empty ? undefined : Array.from(body) }
}

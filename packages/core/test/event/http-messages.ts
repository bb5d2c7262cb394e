import { readHttpEvent, type CloudEvent, type HttpMessage, type Problem } from '@millrace/core'

/** UTF-8 bytes of a text. */
export function asBytes(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

export function asText(data: Uint8Array | undefined): string | undefined {
  return data === undefined ? undefined : new TextDecoder('utf-8', { ignoreBOM: true }).decode(data)
}

/** Header names and values in turn, as node gives them: UTF-8 bytes as latin1 characters. */
export function rawHeaders(headers: Readonly<Record<string, string>>): string[] {
  return Object.entries(headers).flatMap(([name, value]) => [name, Buffer.from(value).toString('latin1')])
}

export const required = { 'ce-specversion': '1.0', 'ce-id': '1', 'ce-source': '/s', 'ce-type': 't' }
export const requiredMembers = { specversion: '1.0', id: '1', source: '/s', type: 't' }

/** Reads a binary event with the required attributes, these headers and this body. */
export function readBinary(headers: Readonly<Record<string, string>>, body = ''): CloudEvent | Problem {
  return single(rawHeaders({ ...required, ...headers }), asBytes(body))
}

/** Reads a structured event of JSON text, or of members beside the required ones. */
export function readStructured(event: string | Readonly<Record<string, unknown>>): CloudEvent | Problem {
  const json = typeof event === 'string' ? event : JSON.stringify({ ...requiredMembers, ...event })
  return single(rawHeaders({ 'content-type': 'application/cloudevents+json' }), asBytes(json))
}

/** The one event of a message, or why there is none. */
export function single(headers: readonly string[], body: Uint8Array): CloudEvent | Problem {
  const result = readHttpEvent(headers, body)
  if (result.kind === 'problem') return result.problem
  const [event] = result.events
  if (event === undefined || result.events.length > 1) throw new Error(`${result.events.length} events`)
  return event
}

/** The event that this must be. */
export function eventOf(result: CloudEvent | Problem): CloudEvent {
  if ('code' in result) throw new Error(`${result.code}: ${result.detail}`)
  return result
}

/** The problem that this must be. */
export function problemOf(result: CloudEvent | Problem): Problem {
  if (!('code' in result)) throw new Error(`an event: ${JSON.stringify(result.attributes)}`)
  return result
}

/** A written message's header. */
export function header({ headers }: HttpMessage, name: string): string | undefined {
  const index = headers.findIndex((text, position) => position % 2 === 0 && text === name)
  return index < 0 ? undefined : headers[index + 1]
}

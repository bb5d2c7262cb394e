import { randomUUID } from 'node:crypto'
import { binaryMessage, type ReceivedRequest, type TestEvent } from '@millrace/testkit'

/** An HTTP message that carries an event. */
export interface Message {
  readonly id: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Uint8Array | undefined
}

/** An event in binary mode, with an id of its own. */
export function binary(event: TestEvent = {}): Message {
  const id = event.id ?? randomUUID()
  return { id, ...binaryMessage({ source: '/conformance', ...event, id }) }
}

/** The same in structured mode; data is JSON. */
export function structured(event: TestEvent = {}): Message {
  const id = event.id ?? randomUUID()
  const members = { specversion: '1.0', source: '/conformance', ...event, id }
  const headers = { 'content-type': 'application/cloudevents+json' }
  return { id, headers, body: JSON.stringify(members) }
}

/** An event as a subscriber got it, whatever mode it came in. */
export interface Delivered {
  readonly attributes: Readonly<Record<string, unknown>>
  readonly request: ReceivedRequest
}

/** @throws {Error} where the request carries no CloudEvent */
export function delivered(request: ReceivedRequest): Delivered {
  const { headers, body } = request
  if (headers['content-type']?.startsWith('application/cloudevents+json') === true)
    return { attributes: JSON.parse(body.toString()) as Record<string, unknown>, request }
  const attributes = Object.entries(headers).flatMap(([name, value]) =>
    name.startsWith('ce-') ? [[name.slice(3), decodeURIComponent(String(value))]] : [],
  )
  if (attributes.length === 0) throw new Error(`${request.method} ${request.path} carries no CloudEvent`)
  return { attributes: Object.fromEntries(attributes) as Record<string, unknown>, request }
}

/** The id of the event that a request carries; undefined where it carries none. */
export function idOf(request: ReceivedRequest): string | undefined {
  try {
    return String(delivered(request).attributes['id'])
  } catch {
    return undefined
  }
}

/** The bytes of the data of an event that came in binary mode, or the text of its JSON in structured mode. */
export function dataOf({ attributes, request }: Delivered): string {
  if (request.headers['content-type']?.startsWith('application/cloudevents+json') !== true)
    return request.body.toString()
  const { data, data_base64: encoded } = attributes
  if (typeof encoded === 'string') return Buffer.from(encoded, 'base64').toString()
  return typeof data === 'string' ? data : JSON.stringify(data)
}

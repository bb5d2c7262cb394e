import { exchange, type Answer } from '@millrace/testkit'
import { expect } from 'vitest'
import { broker, trigger } from '../e2e/fixture/manifests.ts'
import { oneServer } from '../e2e/fixture/one-server.ts'
import { brokerUrl } from '../e2e/fixture/producing.ts'

/** How events leave: a broker of this name has one trigger that delivers so. */
export type Format = 'binary' | 'json'

export type Headers = Readonly<Record<string, string>>

/** What a subscriber got, as it was on the wire: header names in lower case. */
export interface Delivered {
  readonly headers: Headers
  readonly body: Buffer
  /** The body as text. */
  readonly text: string
}

/** A message that goes in: headers as they are sent, and the body. */
export type Message = readonly [headers: Headers, body?: string | Uint8Array | undefined]

export interface Relay {
  /** Sends it to a broker, which must take it. → what its subscriber got */
  readonly through: (format: Format, message: Message, events?: number) => Promise<Delivered[]>
  /** Sends it; → the problem that it was refused with. */
  readonly refused: (message: Message) => Promise<Record<string, unknown>>
}

export const required: Headers = { 'ce-specversion': '1.0', 'ce-id': '1', 'ce-source': '/s', 'ce-type': 't' }
const members = { specversion: '1.0', id: '1', source: '/s', type: 't' }

/** A binary event: the required attributes, and these headers beside them or instead. */
export function binary(headers: Headers = {}, body?: string | Uint8Array): Message {
  return [{ ...required, ...headers }, body]
}

/** A structured event: the required attributes, and these members beside them or instead. */
export function structured(more: object = {}): Message {
  return structuredText(JSON.stringify({ ...members, ...more }))
}

/** A structured event, its JSON as it is. */
export function structuredText(json: string): Message {
  return [{ 'content-type': 'application/cloudevents+json' }, json]
}

/** The JSON of a structured event whose last members are this text. */
export function withMembers(text: string): Message {
  return structuredText(`${JSON.stringify(members).slice(0, -1)},${text}}`)
}

export function batch(events: readonly object[]): Message {
  const all = events.map((event) => ({ ...members, ...event }))
  return [{ 'content-type': 'application/cloudevents-batch+json' }, JSON.stringify(all)]
}

/** What is sent as UTF-8, as node wants it in a header. */
export function utf8(text: string): string {
  return Buffer.from(text).toString('latin1')
}

/** The body of a structured delivery. */
export function eventOf({ headers, text }: Delivered): Record<string, unknown> {
  expect(headers['content-type']).toMatch(/^application\/cloudevents\+json(;|$)/)
  return JSON.parse(text) as Record<string, unknown>
}

/** Millrace between a producer and a subscriber that see nothing of it but HTTP. */
export function relay(): Relay {
  const server = oneServer((urlOf) =>
    (['binary', 'json'] as const)
      .map(
        (name) =>
          broker(name) + trigger(name, urlOf(`/${name}`), { broker: name, delivery: { format: name } }),
      )
      .join(''),
  )
  function send(format: Format, [headers, body]: Message): Promise<Answer> {
    return exchange('POST', brokerUrl(server.millrace, format), { headers, body })
  }
  return {
    through: async (format, message, events = 1) => {
      const subscriber = server.sink.path(`/${format}`)
      const before = subscriber.count
      const { status, text } = await send(format, message)
      expect({ status, text }).toEqual({ status: 202, text: '' })
      await subscriber.received(before + events)
      return subscriber.requests.slice(before).map(({ rawHeaders, body }) => ({
        headers: Object.fromEntries(
          rawHeaders.flatMap((name, index) =>
            index % 2 === 0 ? [[name.toLowerCase(), rawHeaders[index + 1] ?? '']] : [],
          ),
        ) as Headers,
        body,
        text: body.toString(),
      }))
    },
    refused: async (message) => {
      const { status, headers, text } = await send('binary', message)
      expect(headers['content-type']).toBe('application/problem+json')
      expect(status).toBeGreaterThanOrEqual(400)
      return JSON.parse(text) as Record<string, unknown>
    },
  }
}

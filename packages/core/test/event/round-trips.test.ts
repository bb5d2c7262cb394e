import {
  readHttpEvent,
  toBatch,
  toBinary,
  toStructured,
  type CloudEvent,
  type HttpMessage,
} from '@millrace/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'

import { events } from './arbitrary-event.ts'
import { asBytes, eventOf, required, requiredMembers, single } from './http-messages.ts'

type Mode = 'binary' | 'structured' | 'batch'

const modes = fc.constantFrom<Mode>('binary', 'structured', 'batch')

test('an event is the same after any way through the modes', () => {
  fc.assert(
    fc.property(events, fc.array(modes, { minLength: 1, maxLength: 5 }), (event, way) => {
      const arrived = way.reduce(send, event)
      expect(facts(arrived)).toEqual(facts(event))
    }),
    { numRuns: 400 },
  )
})

test('structured to structured keeps the types of attributes', () => {
  fc.assert(
    fc.property(events, (event) => {
      expect({ ...send(event, 'structured').attributes, datacontentencoding: '' }).toEqual({
        ...event.attributes,
        datacontentencoding: '',
      })
    }),
  )
})

test('what was read and written once is written the same for ever', () => {
  fc.assert(
    fc.property(events, modes, (event, mode) => {
      const first = write(send(event, mode), mode)
      expect(write(send(send(event, mode), mode), mode)).toEqual(first)
    }),
  )
})

test('the codec never throws, whatever headers and bytes come; what it takes it can write and take again', () => {
  const name = fc.oneof(
    fc.constantFrom(
      'content-type',
      'Content-Encoding',
      'ce-',
      ...Object.keys(required),
      'ce-time',
      'ce-subject',
    ),
    fc.string({ unit: 'binary-ascii', maxLength: 12 }).map((text) => `ce-${text}`),
  )
  const value = fc.oneof(
    fc.constantFrom('1.0', '0.3', 'application/cloudevents+json', 'application/cloudevents-batch+json', '/s'),
    fc.array(fc.integer({ min: 0, max: 255 })).map((codes) => String.fromCharCode(...codes)),
  )
  const headers = fc.array(fc.tuple(name, value)).map((pairs) => pairs.flat())
  const body = fc.oneof(fc.uint8Array(), fc.json().map(asBytes))
  fc.assert(
    fc.property(headers, fc.boolean(), body, (extra, complete, bytes) => {
      survives([...(complete ? Object.entries(required).flat() : []), ...extra], bytes)
    }),
    { numRuns: 2_000 },
  )
})

test('a structured event or batch with bytes changed never makes the codec throw', () => {
  const edit = fc.record({
    at: fc.nat(),
    remove: fc.nat({ max: 3 }),
    insert: fc.uint8Array({ maxLength: 3 }),
  })
  const member = fc.oneof(
    fc.constantFrom('id', 'data', 'data_base64', 'datacontenttype', 'datacontentencoding', 'x'),
  )
  const json = fc
    .dictionary(member, fc.oneof(fc.jsonValue(), fc.constantFrom('text/plain', 'base64', 'AAAA')))
    .map((members) => JSON.stringify({ ...requiredMembers, ...members }))
  fc.assert(
    fc.property(json, fc.boolean(), fc.array(edit, { maxLength: 3 }), (text, batch, edits) => {
      let bytes = asBytes(batch ? `[${text},${text}]` : text)
      for (const { at, remove, insert } of edits) {
        const start = at % (bytes.length + 1)
        bytes = Uint8Array.of(...bytes.subarray(0, start), ...insert, ...bytes.subarray(start + remove))
      }
      survives(['content-type', `application/cloudevents${batch ? '-batch' : ''}+json`], bytes)
    }),
    { numRuns: 2_000 },
  )
})

function survives(headers: readonly string[], body: Uint8Array): void {
  const result = readHttpEvent(headers, body)
  if (result.kind === 'problem') {
    expect(result.problem.detail).toMatch(/^[ -~]+$/)
    return
  }
  for (const event of result.events)
    for (const mode of ['binary', 'structured', 'batch'] as const)
      expect(facts(send(event, mode))).toEqual(facts(event))
}

function write(event: CloudEvent, mode: Mode): HttpMessage {
  if (mode === 'binary') return toBinary(event)
  return mode === 'structured' ? toStructured(event) : toBatch([event])
}

/** Writes and reads an event. */
function send(event: CloudEvent, mode: Mode): CloudEvent {
  const { headers, body } = write(event, mode)
  return eventOf(single(headers, body ?? new Uint8Array(0)))
}

/**
 * What no mode may change: attributes in their canonical form and the payload. The JSON format's implied
 * content type is said aloud in binary mode, and only 0.3 in JSON says how its data is coded.
 */
function facts(event: CloudEvent): unknown {
  const { headers, body } = toBinary(event)
  const pairs = new Map<string, string>()
  for (let index = 0; index < headers.length; index += 2)
    pairs.set(headers[index] ?? '', headers[index + 1] ?? '')
  pairs.delete('ce-datacontentencoding')
  if (pairs.get('content-type') === 'application/json') pairs.delete('content-type')
  const empty = body === undefined || body.length === 0
  return { headers: Object.fromEntries(pairs), body: empty ? undefined : Array.from(body) }
}

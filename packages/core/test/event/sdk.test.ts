import { attributeText, toBinary, toStructured, type CloudEvent } from '@millrace/core'
import { CloudEvent as SdkEvent, HTTP, type Headers } from 'cloudevents'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { extensionName } from './arbitrary-event.ts'
import {
  asBytes,
  asText,
  eventOf,
  header,
  rawHeaders,
  required,
  requiredMembers,
  single,
} from './http-messages.ts'

/** What the SDK carries without loss: see the infidelities below for what is left out. */
const fields = fc.record({
  id: fc.string({ unit: fc.constantFrom(...Array.from('abc-123')), minLength: 1 }),
  source: fc.webUrl({ withQueryParameters: true }).filter((url) => !url.includes('%')),
  type: fc.constantFrom('com.example.created', 't'),
  subject: fc.string({ unit: fc.constantFrom(...Array.from("az09-_.~!*'();:@&=+$,/?#[]")), minLength: 1 }),
  time: fc
    .date({ min: new Date(0), max: new Date('9999-01-01'), noInvalidDate: true })
    .map((date) => date.toISOString()),
})
const extensions = fc.dictionary(extensionName, fc.constantFrom('x', 'a-b', '5'), { maxKeys: 3 })
const contents = fc.oneof(
  fc.jsonValue().map((value) => ({
    datacontenttype: 'application/json',
    data: { value: JSON.parse(JSON.stringify(value)) as unknown },
  })),
  fc.string({ unit: 'grapheme', minLength: 1 }).map((data) => ({ datacontenttype: 'text/plain', data })),
)
const sdkEvents = fc
  .tuple(fields, extensions, contents)
  .map(([known, others, content]) => new SdkEvent<unknown>({ ...known, ...others, ...content }))

describe('the SDK as the other side', () => {
  test('what it sends in binary mode is read', () => {
    fc.assert(
      fc.property(sdkEvents, (event) => {
        const { headers, body } = HTTP.binary(event)
        agree(eventOf(single(flat(headers), asBytes(body as string))), event)
      }),
    )
  })

  test('what it sends in structured mode is read', () => {
    fc.assert(
      fc.property(sdkEvents, (event) => {
        const { headers, body } = HTTP.structured(event)
        agree(eventOf(single(flat(headers), asBytes(body as string))), event)
      }),
    )
  })

  test.each([
    ['binary', toBinary],
    ['structured', toStructured],
  ])('it reads what is sent in %s mode', (_, write) => {
    fc.assert(
      fc.property(sdkEvents, (event) => {
        const { headers, body } = HTTP.binary(event)
        const ours = eventOf(single(flat(headers), asBytes(body as string)))
        const message = write(ours)
        agree(ours, sdkReads(Object.fromEntries(pairs(message.headers)), asText(message.body) ?? ''))
      }),
    )
  })
})

/** What the SDK reads otherwise. An entry that no longer holds fails: then the properties above can widen. */
const infidelities: readonly {
  readonly infidelity: string
  readonly because: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly ours: unknown
  readonly sdk: unknown
  readonly look: (event: SdkEvent<unknown> | CloudEvent) => unknown
}[] = [
  {
    infidelity: 'time becomes UTC milliseconds',
    because: 'it passes through a Date',
    headers: { ...required, 'ce-time': '2026-11-22T17:31:00.123456789+02:00' },
    body: '',
    ours: '2026-11-22T17:31:00.123456789+02:00',
    sdk: '2026-11-22T15:31:00.123Z',
    look: (event) => attribute(event, 'time'),
  },
  {
    infidelity: 'a missing time is made up',
    because: 'the constructor sets every time',
    headers: required,
    body: '',
    ours: 'undefined',
    sdk: 'string',
    look: (event) => typeof attribute(event, 'time'),
  },
  {
    infidelity: 'big integers lose digits',
    because: 'JSON data is parsed and written anew',
    headers: { ...required, 'content-type': 'application/json' },
    body: '{"n":12345678901234567890}',
    ours: '{"n":12345678901234567890}',
    sdk: '{"n":12345678901234567000}',
    look: dataText,
  },
  {
    infidelity: 'a JSON string becomes its bare text',
    because: 'data that is a string goes out as it is',
    headers: { ...required, 'content-type': 'application/json' },
    body: '"hi"',
    ours: '"hi"',
    sdk: 'hi',
    look: dataText,
  },
  {
    infidelity: 'data that is 0, false or null is lost in structured mode',
    because: 'it asks whether data is truthy',
    headers: { 'content-type': 'application/cloudevents+json' },
    body: JSON.stringify({ ...requiredMembers, data: 0 }),
    ours: '0',
    sdk: undefined,
    look: dataText,
  },
  {
    infidelity: 'percent-coded headers are not decoded',
    because: 'it follows no later revision of the HTTP binding than 1.0',
    headers: { ...required, 'ce-subject': 'Euro%20%E2%82%AC' },
    body: '',
    ours: 'Euro €',
    sdk: 'Euro%20%E2%82%AC',
    look: (event) => attribute(event, 'subject'),
  },
  {
    infidelity: 'a missing content type becomes JSON',
    because: 'it has a default',
    headers: required,
    body: '{"a":1}',
    ours: undefined,
    sdk: 'application/json; charset=utf-8',
    look: contentType,
  },
]

describe('where the SDK is no oracle', () => {
  test.each(infidelities)('$infidelity, because $because', ({ headers, body, ours, sdk, look }) => {
    expect(look(eventOf(single(rawHeaders(headers), asBytes(body))))).toEqual(ours)
    expect(look(sdkReads(headers, body))).toEqual(sdk)
  })
})

/** All attributes alike, and the same data. */
function agree(ours: CloudEvent, theirs: SdkEvent<unknown>): void {
  const { data, ...attributes } = theirs.toJSON()
  const texts = Object.keys(ours.attributes).map((name) => [name, attributeText(ours.attributes, name)])
  expect(Object.fromEntries(texts)).toEqual(attributes)
  const text = asText(toBinary(ours).body) ?? ''
  expect(typeof data === 'string' ? text : JSON.parse(text)).toEqual(data)
}

function sdkReads(headers: Readonly<Record<string, string>>, body: string): SdkEvent<unknown> {
  const event = HTTP.toEvent({ headers: { ...headers }, body })
  if (Array.isArray(event)) throw new Error('a batch')
  return event as SdkEvent<unknown>
}

function attribute(event: SdkEvent<unknown> | CloudEvent, name: string): unknown {
  return event instanceof SdkEvent ? event[name] : attributeText(event.attributes, name)
}

function dataText(event: SdkEvent<unknown> | CloudEvent): unknown {
  if (!(event instanceof SdkEvent)) return asText(toBinary(event).body)
  return HTTP.binary(event).body
}

function contentType(event: SdkEvent<unknown> | CloudEvent): unknown {
  if (event instanceof SdkEvent) return HTTP.binary(event).headers['content-type']
  return header(toBinary(event), 'content-type')
}

function flat(headers: Headers): string[] {
  return rawHeaders(Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])))
}

function pairs(headers: readonly string[]): [string, string][] {
  return Array.from({ length: headers.length / 2 }, (_, index) => [
    headers[2 * index] ?? '',
    headers[2 * index + 1] ?? '',
  ])
}

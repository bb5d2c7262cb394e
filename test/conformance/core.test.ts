import { expect, test } from 'vitest'
import {
  binary,
  eventOf,
  relay,
  required,
  structured,
  structuredText,
  utf8,
  withMembers,
  type Message,
} from './relay.ts'

const { through, refused } = relay()
const members = { specversion: '1.0', id: '1', source: '/s', type: 't' }

/** The same attribute in both modes. */
function inBoth(name: string, value: string): Message[] {
  const coded = value.replaceAll(/[^ -~]+/g, encodeURIComponent)
  return [binary({ [`ce-${name}`]: coded }), structured({ [name]: value })]
}

async function refusedInBoth(name: string, value: string, code: string): Promise<void> {
  for (const message of inBoth(name, value))
    expect(await refused(message), `${name}: ${value}`).toMatchObject({ code, attribute: name, status: 400 })
}

test('the JSON format is taken and sent', async () => {
  const [got] = await through('json', structured({ data: { a: 1 } }))
  expect(got && eventOf(got)).toEqual({ ...members, data: { a: 1 } })
})

test('what is optional, and extensions that nobody knows, are passed on', async () => {
  const optional = {
    subject: 's',
    time: '2026-11-22T17:31:00Z',
    dataschema: 'urn:x',
    anext: 'e',
    other: 5,
    flag: false,
  }
  const [got] = await through('json', structured(optional))
  expect(got && eventOf(got)).toEqual({ ...members, ...optional })
})

test('an event without a required attribute is refused, and the missing ones are named', async () => {
  for (const name of ['specversion', 'id', 'source', 'type']) {
    const { [`ce-${name}`]: _header, ...headers } = required
    const rest = Object.entries(members).filter(([member]) => member !== name)
    for (const message of [[headers] as const, structuredText(JSON.stringify(Object.fromEntries(rest)))]) {
      const problem = await refused(message)
      expect(problem).toMatchObject({ code: 'missing-attribute', attribute: name })
      expect(problem['detail']).toContain(name)
    }
  }
})

test('an attribute that is there twice is refused', async () => {
  expect(await refused(withMembers('"ext":"a","ext":"a"'))).toMatchObject({ code: 'duplicate-attribute' })
  expect(await refused([{ ...required, 'CE-ID': '1' }])).toMatchObject({
    code: 'duplicate-attribute',
    attribute: 'id',
  })
})

test('a name with other characters than a to z and 0 to 9 is refused', async () => {
  for (const name of ['my_ext', 'my-ext', 'ext.a', '']) {
    expect(await refused(structured({ [name]: 'x' }))).toMatchObject({ code: 'attribute-name' })
    expect(await refused(binary({ [`ce-${name}`]: 'x' }))).toMatchObject({ code: 'attribute-name' })
  }
  for (const name of ['Ext', 'é'])
    expect(await refused(structured({ [name]: 'x' }))).toMatchObject({ code: 'attribute-name' })
})

test('a name of more than 20 characters is taken', async () => {
  const name = 'a23456789b123456789c123456789'
  const [got] = await through('binary', structured({ [name]: 'x' }))
  expect(got?.headers[`ce-${name}`]).toBe('x')
})

test('no attribute is called data', async () => {
  expect(await refused(binary({ 'ce-data': 'x' }))).toMatchObject({
    code: 'reserved-attribute',
    attribute: 'data',
  })
})

test('an Integer is within 32 bits', async () => {
  const [got] = await through('binary', structured({ least: -2_147_483_648, most: 2_147_483_647 }))
  expect(got?.headers).toMatchObject({ 'ce-least': '-2147483648', 'ce-most': '2147483647' })
  for (const value of [-2_147_483_649, 2_147_483_648])
    expect(await refused(structured({ ext: value }))).toMatchObject({
      code: 'attribute-type',
      attribute: 'ext',
    })
})

test('a String has no control character, no noncharacter and no lone surrogate', async () => {
  for (const value of ['a\u0000', 'a\nb', '\u001f', '\u007f', '\u0085', '\ufdd0', '\ufffe', '\u{1ffff}'])
    await refusedInBoth('ext', value, 'attribute-character')
  expect(await refused(withMembers(String.raw`"ext":"\uDEAD"`))).toMatchObject({
    code: 'attribute-character',
  })
  expect(await through('binary', withMembers(String.raw`"ext":"\uD800\uDEAD"`))).toHaveLength(1)
})

test('each type goes from its JSON to its canonical text', async () => {
  const [got] = await through(
    'binary',
    structured({ yes: true, no: false, number: -42, bytes: 'AAE=', time: '2026-11-22T17:31:00Z' }),
  )
  expect(got?.headers).toMatchObject({
    'ce-yes': 'true',
    'ce-no': 'false',
    'ce-number': '-42',
    'ce-bytes': 'AAE=',
    'ce-time': '2026-11-22T17:31:00Z',
  })
})

test('the canonical text of each type is taken where JSON has another', async () => {
  const texts = { 'ce-yes': 'true', 'ce-number': '-42', 'ce-bytes': 'AAE=' }
  const [got] = await through('json', binary(texts))
  expect(got && eventOf(got)).toMatchObject({ yes: 'true', number: '-42', bytes: 'AAE=' })
  const [back] = await through('binary', structured({ yes: 'true', number: '-42', bytes: 'AAE=' }))
  expect(back?.headers).toMatchObject(texts)
})

test('id and type are not empty', async () => {
  for (const name of ['id', 'type']) await refusedInBoth(name, '', 'attribute-value')
})

test('source is a URI-reference that is not empty', async () => {
  for (const value of ['', 'a b', 'http://[bad', '<x>'])
    await refusedInBoth('source', value, 'attribute-value')
  for (const value of [
    'https://github.com/cloudevents',
    'urn:uuid:6e8bc430-9c3a-11d9-9669-0800200c9a66',
    '1-555-123-4567',
  ])
    for (const message of inBoth('source', value)) {
      const [got] = await through('json', message)
      expect(got && eventOf(got)['source']).toBe(value)
    }
})

test('specversion is one that is known', async () => {
  for (const value of ['', '1.0.2', '2.0']) await refusedInBoth('specversion', value, 'unknown-specversion')
  const [got] = await through('binary', structured({ specversion: '0.3' }))
  expect(got?.headers['ce-specversion']).toBe('0.3')
})

test('type need not begin with a reverse domain name', async () => {
  for (const message of inBoth('type', 'Anything, even "ünïcode"')) {
    const [got] = await through('json', message)
    expect(got && eventOf(got)['type']).toBe('Anything, even "ünïcode"')
  }
})

test('datacontenttype is a media type', async () => {
  for (const value of ['json', 'text/', 'a b/c'])
    for (const message of [structured({ datacontenttype: value }), binary({ 'content-type': value })])
      expect(await refused(message)).toMatchObject({ code: 'attribute-value', attribute: 'datacontenttype' })
})

test('datacontenttype may be there without data', async () => {
  const [got] = await through('binary', structured({ datacontenttype: 'text/plain' }))
  expect(got?.headers['content-type']).toBe('text/plain')
})

test('dataschema is an absolute URI', async () => {
  for (const value of ['', 'schema.json', '/schema'])
    await refusedInBoth('dataschema', value, 'attribute-value')
})

test('an empty subject is none', async () => {
  for (const message of inBoth('subject', '')) {
    const [got] = await through('json', message)
    expect(got && eventOf(got)).not.toHaveProperty('subject')
  }
})

test('time is of RFC 3339, and keeps its digits and its offset', async () => {
  for (const value of ['', 'now', '2026-11-22', '2026-11-22T25:00:00Z', '2026-02-30T00:00:00Z'])
    await refusedInBoth('time', value, 'attribute-value')
  for (const message of inBoth('time', '2026-11-22T17:31:00.123456789-08:00')) {
    const [got] = await through('binary', message)
    expect(got?.headers['ce-time']).toBe('2026-11-22T17:31:00.123456789-08:00')
  }
})

test('extensions have the names and the types of all attributes', async () => {
  expect(await refused(structured({ Ext: 'x' }))).toMatchObject({ code: 'attribute-name' })
  for (const value of [1.5, {}, []])
    expect(await refused(structured({ ext: value }))).toMatchObject({ code: 'attribute-type' })
})

test('metadata that is not of CloudEvents goes on beside the attributes, never as one', async () => {
  const [got] = await through('binary', binary({ 'x-request-id': 'r1', 'knative-history': 'h' }))
  expect(got?.headers).toMatchObject({ 'x-request-id': 'r1', 'knative-history': 'h' })
  expect(Object.keys(got?.headers ?? {}).filter((name) => name.startsWith('ce-'))).toHaveLength(4)
})

test('an event of 64 KiB goes through, in either mode, whatever it weighs in headers or body', async () => {
  const text = 'x'.repeat(65_536 - 300)
  for (const format of ['binary', 'json'] as const) {
    const [data] = await through(format, binary({ 'content-type': 'text/plain' }, text))
    expect(data?.text).toContain(text)
    const [coded] = await through(format, structured({ datacontenttype: 'text/plain', data: text }))
    expect(coded?.text).toContain(text)
  }
  const headers = { 'ce-ext': 'x'.repeat(60_000), 'ce-more': utf8('é'.repeat(1_000)) }
  const [wide] = await through('json', binary(headers))
  expect(wide && eventOf(wide)).toMatchObject({ ext: headers['ce-ext'], more: 'é'.repeat(1_000) })
})

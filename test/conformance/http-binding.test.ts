import { expect, test } from 'vitest'
import { batch, binary, eventOf, relay, structured, utf8, withMembers } from './relay.ts'

const { through, refused } = relay()
const formats = ['binary', 'json'] as const

test('binary and structured mode are both taken and both delivered', async () => {
  for (const format of formats)
    for (const message of [binary({ 'ce-subject': 'x' }), structured({ subject: 'x' })]) {
      const [got] = await through(format, message)
      const subject = format === 'binary' ? got?.headers['ce-subject'] : got && eventOf(got)['subject']
      expect(subject).toBe('x')
    }
})

test('a batch is never sent unasked: the events of one are delivered one by one', async () => {
  for (const format of formats) {
    const got = await through(format, batch([{ id: 'a' }, { id: 'b' }, { id: 'c' }]), 3)
    for (const { headers } of got) expect(headers['content-type'] ?? '').not.toContain('batch')
    const ids = got.map((one) => (format === 'binary' ? one.headers['ce-id'] : eventOf(one)['id']))
    expect(new Set(ids)).toEqual(new Set(['a', 'b', 'c']))
  }
})

test('Content-Type is datacontenttype, in and out, and ce-datacontenttype is never beside it', async () => {
  const type = 'text/plain; charset=utf-8'
  const [asHeader] = await through('binary', structured({ datacontenttype: type, data: 'x' }))
  expect(asHeader?.headers['content-type']).toBe(type)
  expect(asHeader?.headers).not.toHaveProperty('ce-datacontenttype')
  const [asMember] = await through('json', binary({ 'content-type': type }, 'x'))
  expect(asMember && eventOf(asMember)['datacontenttype']).toBe(type)
  expect(await refused(binary({ 'ce-datacontenttype': type }))).toMatchObject({ code: 'reserved-attribute' })
})

test('the body is the data, byte for byte', async () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte)
  for (const type of ['application/octet-stream', 'application/json', 'text/plain']) {
    const [got] = await through('binary', binary({ 'content-type': type }, bytes))
    expect(got?.body).toEqual(Buffer.from(bytes))
  }
})

test('every other attribute has a ce- header of its own name, extensions and those of tracing too', async () => {
  const attributes = {
    specversion: '1.0',
    id: 'i',
    source: '/source',
    type: 'com.example.type',
    subject: 's',
    time: '2026-11-22T17:31:00Z',
    dataschema: 'https://example.com/schema',
    anextension: 'e',
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  }
  const headers = Object.entries(attributes).map(([name, value]) => [`ce-${name}`, value])
  for (const message of [
    binary(Object.fromEntries(headers) as Record<string, string>),
    structured(attributes),
  ]) {
    const [got] = await through('binary', message)
    const sent = Object.entries(got?.headers ?? {}).filter(([name]) => name.startsWith('ce-'))
    expect(Object.fromEntries(sent)).toEqual(Object.fromEntries(headers))
  }
})

test('the case of the name of a header has no say', async () => {
  const [got] = await through(
    'json',
    binary({ 'CE-SubJect': 's', 'Ce-MyExt': 'e', 'CONTENT-type': 'text/plain' }, 'x'),
  )
  expect(got && eventOf(got)).toMatchObject({
    subject: 's',
    myext: 'e',
    datacontenttype: 'text/plain',
    data: 'x',
  })
})

test('what is sent is printable ASCII: space, double quote, percent and all beyond are percent-coded, once', async () => {
  const [got] = await through('binary', structured({ subject: 'Euro € 😀', ext: '100% "quoted" ~!\'()' }))
  expect(got?.headers['ce-subject']).toBe('Euro%20%E2%82%AC%20%F0%9F%98%80')
  expect(got?.headers['ce-ext']).toBe("100%25%20%22quoted%22%20~!'()")
})

test('a surrogate pair is one character', async () => {
  const [got] = await through('binary', withMembers(String.raw`"subject":"\ud83d\ude00"`))
  expect(got?.headers['ce-subject']).toBe('%F0%9F%98%80')
})

test('a quoted string is unquoted with its escapes, then decoded', async () => {
  const [got] = await through('json', binary({ 'ce-a': '"a \\"b\\" \\\\"', 'ce-b': '"%22%E2%82%AC"' }))
  expect(got && eventOf(got)).toMatchObject({ a: 'a "b" \\', b: '"€' })
})

test('percent-coding is decoded once', async () => {
  const [got] = await through('json', binary({ 'ce-ext': '%2525%20' }))
  expect(got && eventOf(got)['ext']).toBe('%25 ')
})

test('lower-case digits, and what need not have been coded, are decoded', async () => {
  const [got] = await through('json', binary({ 'ce-ext': '%e2%82%ac%41%7e' }))
  expect(got && eventOf(got)['ext']).toBe('€A~')
})

test('what does not decode to UTF-8 is refused, an overlong coding too', async () => {
  for (const value of ['%C0%A0', '%ED%A0%80', '%E2%82', '%FF'])
    expect(await refused(binary({ 'ce-ext': value }))).toMatchObject({
      code: 'invalid-utf8',
      attribute: 'ext',
    })
})

test('UTF-8 that was not coded is taken, and coded on its way out', async () => {
  const [got] = await through('binary', binary({ 'ce-ext': utf8('€') }))
  expect(got?.headers['ce-ext']).toBe('%E2%82%AC')
})

test('structured mode goes out under the media type of its format', async () => {
  const [got] = await through('json', binary())
  expect(got?.headers['content-type']).toMatch(/^application\/cloudevents\+json(; charset=utf-8)?$/i)
})

test('in structured mode all attributes are in the payload, and headers beside it have no say', async () => {
  const [headers, body] = structured({ subject: 's', ext: 'e' })
  const [got] = await through('json', [{ ...headers, 'ce-subject': 'other', 'ce-more': 'm' }, body])
  expect(got && eventOf(got)).toEqual({
    specversion: '1.0',
    id: '1',
    source: '/s',
    type: 't',
    subject: 's',
    ext: 'e',
  })
})

test('a batch is the JSON batch format under its media type, and nothing else', async () => {
  const [headers, body = ''] = batch([{ id: 'a' }, { id: 'b' }])
  expect(
    await through('binary', [{ 'content-type': `${headers['content-type']}; charset=UTF-8` }, body], 2),
  ).toHaveLength(2)
  const single = 'application/cloudevents+json'
  expect(await refused([{ 'content-type': single }, body])).toMatchObject({ code: 'not-an-object' })
  expect(await refused([headers, String(body).slice(1, -1)])).toMatchObject({ code: 'not-an-array' })
  expect(await refused([{ 'content-type': 'application/cloudevents-batch+avro' }, body])).toMatchObject({
    status: 415,
  })
})

test('a batch may be empty, and has events of one specversion', async () => {
  expect(await through('binary', batch([]), 0)).toEqual([])
  expect(await refused(batch([{}, { specversion: '0.3' }]))).toMatchObject({
    code: 'mixed-specversions',
    index: 1,
  })
})

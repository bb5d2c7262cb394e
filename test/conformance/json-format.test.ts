import { expect, test } from 'vitest'
import { batch, binary, eventOf, relay, structured, withMembers, type Message } from './relay.ts'

const { through, refused } = relay()

/** The event that a structured subscriber gets. */
async function asJson(message: Message): Promise<Record<string, unknown>> {
  const [got] = await through('json', message)
  return got === undefined ? expect.fail('nothing was delivered') : eventOf(got)
}

/** The content type and the body that a binary subscriber gets. */
async function asBinary(message: Message): Promise<[type: string | undefined, body: string]> {
  const [got] = await through('binary', message)
  return [got?.headers['content-type'], got?.text ?? '']
}

const required = { specversion: '1.0', id: '1', source: '/s', type: 't' }

test('extensions are members beside the others', async () => {
  expect(await asJson(binary({ 'ce-anext': 'e' }))).toEqual({ ...required, anext: 'e' })
})

test('each type of an attribute has its JSON type', async () => {
  const attributes = {
    aboolean: true,
    aninteger: -2_147_483_648,
    astring: 'text',
    abinary: 'AAECAw==',
    auri: 'https://example.com/x',
    aurireference: '../x',
    time: '2026-11-22T17:31:00.123456789+01:00',
  }
  expect(await asJson(structured(attributes))).toEqual({ ...required, ...attributes })
  for (const value of ['1.0', '1e3', '2147483648', '[]', '{}'])
    expect(await refused(withMembers(`"ext":${value}`))).toMatchObject({
      code: 'attribute-type',
      attribute: 'ext',
    })
})

test('null is the same as an attribute that is not there', async () => {
  const [got] = await through('binary', structured({ subject: null, time: null, ext: null }))
  for (const name of ['ce-subject', 'ce-time', 'ce-ext']) expect(got?.headers).not.toHaveProperty(name)
  expect(await refused(structured({ id: null }))).toMatchObject({
    code: 'missing-attribute',
    attribute: 'id',
  })
})

test('the media type is application/cloudevents+json', async () => {
  const [got] = await through('json', structured())
  expect(got?.headers['content-type']).toMatch(/^application\/cloudevents\+json/)
})

test('every attribute that is set is a member of its name', async () => {
  const optional = { subject: 's', time: '2026-11-22T17:31:00Z', dataschema: 'urn:x', ext: 'e' }
  const headers = Object.entries(optional).map(([name, value]) => [`ce-${name}`, value])
  const message = binary({
    ...(Object.fromEntries(headers) as Record<string, string>),
    'content-type': 'text/plain',
  })
  expect(await asJson(message)).toEqual({ ...required, ...optional, datacontenttype: 'text/plain' })
})

test('binary data is base64 in data_base64, and datacontenttype says what it was', async () => {
  const message = binary({ 'content-type': 'image/png' }, Uint8Array.of(0, 255, 1))
  expect(await asJson(message)).toEqual({ ...required, datacontenttype: 'image/png', data_base64: 'AP8B' })
})

test('data of a JSON type is a JSON value, and never a string with JSON in it', async () => {
  for (const type of ['application/json', 'text/json', 'application/vnd.x+json; v=1', 'APPLICATION/JSON'])
    for (const value of [{ a: [1] }, 'text', 5, false, null])
      expect((await asJson(binary({ 'content-type': type }, JSON.stringify(value))))['data']).toEqual(value)
})

test('data without datacontenttype goes as JSON', async () => {
  const sent = await asJson(binary({}, '{"a":1}'))
  expect(sent).toMatchObject({ data: { a: 1 } })
  expect([undefined, 'application/json']).toContain(sent['datacontenttype'])
})

test('data of another type is a string, coded as the type says', async () => {
  expect((await asJson(binary({ 'content-type': 'text/xml; charset=utf-8' }, '<a b="€"/>')))['data']).toBe(
    '<a b="€"/>',
  )
})

test('data and data_base64 are never there together', async () => {
  expect(await refused(structured({ data: 1, data_base64: 'AA==' }))).toMatchObject({ code: 'data-conflict' })
  for (const [type, body] of [
    ['application/json', '{'],
    ['application/json', '{}'],
    ['text/plain', 'x'],
    ['image/png', 'x'],
  ] as const) {
    const sent = await asJson(binary({ 'content-type': type }, body))
    expect(
      Object.keys(sent).filter((name) => name.startsWith('data') && name !== 'datacontenttype'),
    ).toHaveLength(1)
  }
})

test('data_base64 is decoded', async () => {
  const [got] = await through('binary', structured({ datacontenttype: 'image/png', data_base64: 'AP8B' }))
  expect(got?.body).toEqual(Buffer.of(0, 255, 1))
  expect(await refused(structured({ data_base64: 'A' }))).toMatchObject({ code: 'data-base64' })
})

test('data of a JSON type is read as a JSON value', async () => {
  for (const value of ['{"a":[1.50,null]}', '5', 'true', '[]'])
    expect(await asBinary(withMembers(`"datacontenttype":"a/b+json","data":${value}`))).toEqual([
      'a/b+json',
      value,
    ])
})

test('a JSON string is a string, even where it holds JSON', async () => {
  const message = structured({ datacontenttype: 'application/json', data: '{"a":1}' })
  expect(await asBinary(message)).toEqual(['application/json', String.raw`"{\"a\":1}"`])
})

test('data of another type is the text of its string', async () => {
  const message = structured({ datacontenttype: 'application/xml', data: '<much wow="xml"/>' })
  expect(await asBinary(message)).toEqual(['application/xml', '<much wow="xml"/>'])
  expect(await refused(structured({ datacontenttype: 'application/xml', data: {} }))).toMatchObject({
    code: 'data-type',
  })
})

test('data without datacontenttype is JSON, and says so in another mode', async () => {
  expect(await asBinary(structured({ data: 'just a string' }))).toEqual([
    'application/json',
    '"just a string"',
  ])
})

test('null as data is a payload, and no data is none', async () => {
  expect(await asBinary(structured({ data: null }))).toEqual(['application/json', 'null'])
  expect(await asBinary(structured())).toEqual([undefined, ''])
  expect(await asJson(structured({ data: null }))).toHaveProperty('data', null)
  expect(await asJson(structured())).not.toHaveProperty('data')
})

test('who asks for the JSON format never gets the batch format, not for one event and not for several', async () => {
  const got = await through('json', batch([{ id: 'a' }, { id: 'b' }]), 2)
  expect(new Set(got.map((one) => eventOf(one)['id']))).toEqual(new Set(['a', 'b']))
})

test('a batch has its own media type', async () => {
  const [, body] = batch([{}])
  expect(await refused([{ 'content-type': 'application/cloudevents+json' }, body])).toMatchObject({
    code: 'not-an-object',
  })
  expect(await refused([{ 'content-type': 'application/json' }, body])).toMatchObject({
    code: 'not-a-cloudevent',
  })
})

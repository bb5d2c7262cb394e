import { readHttpEvent, type ReadResult } from '@millrace/core'
import { describe, expect, test } from 'vitest'

import {
  asBytes,
  eventOf,
  problemOf,
  rawHeaders,
  readStructured,
  requiredMembers,
  single,
  asText,
} from './http-messages.ts'

test('attributes are read, the data keeps its bytes', () => {
  const data = '{ "big": 12345678901234567890, "one": 1.0, "e": 1e2, "a": 1, "a": 2,\t"s": "\\u20ac\\/" }'
  const read = eventOf(
    readStructured(`{"specversion":"1.0","id":"1","source":"/s","type":"t","data" : ${data} }`),
  )
  expect({ ...read.attributes }).toEqual(requiredMembers)
  expect(asText(read.data)).toBe(data)
  expect(read.dataForm).toBe('json')
})

test('an Integer stays a number, a Boolean a Boolean, a string a string', () => {
  const { attributes } = eventOf(readStructured({ n: -2147483648, b: false, s: '5' }))
  expect(attributes).toMatchObject({ n: -2147483648, b: false, s: '5' })
})

test('attributes inherit nothing', () => {
  const { attributes } = eventOf(readStructured({ constructor: 'c', valueof: 'v' }))
  expect('toString' in attributes).toBe(false)
  expect(attributes).toMatchObject({ constructor: 'c', valueof: 'v' })
})

test('a null member counts as absent', () => {
  expect('ext' in eventOf(readStructured({ ext: null })).attributes).toBe(false)
  expect(problemOf(readStructured({ id: null }))).toMatchObject({
    code: 'missing-attribute',
    attribute: 'id',
  })
})

test('an empty subject counts as none', () => {
  expect('subject' in eventOf(readStructured({ subject: '' })).attributes).toBe(false)
})

test('escapes in names and values are read', () => {
  const json =
    '{"specversion":"1.0","\\u0069d":"\\u00e4\\"\\/","source":"/s","type":"t","subject":"\\ud83d\\ude00"}'
  expect(eventOf(readStructured(json)).attributes).toMatchObject({ id: 'ä"/', subject: '😀' })
})

test('the names of the content type may have any case and parameters; a charset has no say in JSON', () => {
  for (const type of [
    'application/cloudevents+json; charset=utf-8',
    'Application/CloudEvents+JSON;charset="UTF-8"',
    'application/cloudevents+json ; charset=iso-8859-1',
  ])
    expect('code' in single(['Content-Type', type], asBytes(JSON.stringify(requiredMembers)))).toBe(false)
})

test('a byte order mark before the event is passed over', () => {
  expect(eventOf(readStructured(`\ufeff${JSON.stringify(requiredMembers)}`)).attributes.id).toBe('1')
})

test('ce- headers beside a structured event have no say', () => {
  const headers = rawHeaders({
    'content-type': 'application/cloudevents+json',
    'ce-id': 'other',
    'ce-data': 'x',
  })
  expect(eventOf(single(headers, asBytes(JSON.stringify(requiredMembers)))).attributes.id).toBe('1')
})

describe('refused with a 400 that says which and why', () => {
  test.each([
    ['a member twice', '{"id":"1","id":"1"}', 'duplicate-attribute'],
    ['a member twice, once null', '{"subject":null,"subject":"s"}', 'duplicate-attribute'],
    ['a member twice, once escaped', '{"id":"1","\\u0069d":"1"}', 'duplicate-attribute'],
    ['data twice', '{"data":1,"data":1}', 'duplicate-attribute'],
    ['upper case in a name', '{"myExt":"x"}', 'attribute-name'],
    ['a character that names do not have', '{"my_ext":"x"}', 'attribute-name'],
    ['an empty name', '{"":"x"}', 'attribute-name'],
    ['an object', '{"ext":{}}', 'attribute-type'],
    ['an array', '{"ext":[]}', 'attribute-type'],
    ['an Integer beyond 32 bits', '{"ext":2147483648}', 'attribute-type'],
    ['an Integer below 32 bits', '{"ext":-2147483649}', 'attribute-type'],
    ['a number of many digits', `{"ext":${'1'.repeat(400)}}`, 'attribute-type'],
    ['a fraction', '{"ext":1.0}', 'attribute-type'],
    ['an exponent', '{"ext":1e3}', 'attribute-type'],
    ['a control character', '{"ext":"\\u0007"}', 'attribute-character'],
    ['an unpaired surrogate', '{"ext":"\\udead"}', 'attribute-character'],
    ['a noncharacter', '{"ext":"\\uffff"}', 'attribute-character'],
    ['DEL', '{"ext":"\u007f"}', 'attribute-character'],
    ['an array instead of an event', '[]', 'not-an-object'],
    ['a string instead of an event', '"x"', 'not-an-object'],
  ])('%s', (_, json, code) => {
    expect(problemOf(readStructured(json))).toMatchObject({ code, status: 400 })
  })

  test.each(['id', 'source', 'type', 'subject', 'time', 'dataschema', 'datacontenttype'])(
    '%s that is no string',
    (name) => {
      const refused = problemOf(readStructured({ [name]: 5 }))
      expect(refused).toMatchObject({ code: 'attribute-type', attribute: name })
      expect(refused.detail).toBe(`${name} is the number 5, it must be a string`)
    },
  )

  test.each([
    ['nothing', '', 'it is empty'],
    ['an event that ends too early', '{"id":"1"', 'ends too early'],
    ['a comma too many', '{"id":"1",}', '"}" at byte 10'],
    ['something behind the event', `${JSON.stringify(requiredMembers)}x`, '"x" at byte 55'],
    ['a second event', `${JSON.stringify(requiredMembers)}{}`, '"{"'],
    ['single quotes', "{'id':1}", '"\'" at byte 1'],
    ['a raw control character', '{"id":"\u0001"}', 'byte 7'],
    ['data that is no JSON', '{"data":{"a":}}', '"}" at byte 13'],
    ['data with a comment', '{"data":/**/1}', '"/" at byte 8'],
    ['NaN', '{"ext":NaN}', '"N"'],
    ['a number with a leading zero', '{"ext":01}', '"1"'],
  ])('not JSON: %s', (_, json, place) => {
    const refused = problemOf(readStructured(json))
    expect(refused).toMatchObject({ code: 'malformed-json', status: 400 })
    expect(refused.detail).toContain(place)
  })

  test.each([
    ['an attribute', Buffer.from('{"subject":"caf\xe9"}', 'latin1')],
    ['a name', Buffer.from('{"caf\xe9":"x"}', 'latin1')],
    ['the data', Buffer.from(JSON.stringify({ ...requiredMembers, data: 'caf\xe9' }), 'latin1')],
  ])('bytes in %s that are not UTF-8', (_, body) => {
    const refused = problemOf(single(['content-type', 'application/cloudevents+json'], body))
    expect(refused).toMatchObject({ code: 'invalid-utf8', status: 400 })
  })
})

test('data of any depth is read', () => {
  const depth = 400_000
  const data = '[{"a":'.repeat(depth / 2) + '1' + '}]'.repeat(depth / 2)
  expect(
    eventOf(readStructured(`${JSON.stringify(requiredMembers).slice(0, -1)},"data":${data}}`)).data?.length,
  ).toBe(data.length)
  expect(problemOf(readStructured(`{"data":${'['.repeat(depth)}`)).code).toBe('malformed-json')
})

test.each([
  ['set', 'v'],
  ['null', null],
])('an event of 100,000 members is read: %s', (_, value) => {
  const members = Object.fromEntries(
    Array.from({ length: 100_000 }, (_member, index) => [`x${index}`, value]),
  )
  const { attributes } = eventOf(readStructured(members))
  expect(Object.keys(attributes)).toHaveLength(value === null ? 4 : 100_004)
})

describe('a batch', () => {
  const one = JSON.stringify(requiredMembers)

  test('is its events, in order', () => {
    const result = batch(`[ ${one} , ${JSON.stringify({ ...requiredMembers, id: '2', data: { a: 1 } })} ]\n`)
    expect(result).toMatchObject({ kind: 'events', mode: 'batch' })
    expect(result.kind === 'events' && result.events.map(({ attributes }) => attributes.id)).toEqual([
      '1',
      '2',
    ])
    expect(result.kind === 'events' && asText(result.events[1]?.data)).toBe('{"a":1}')
  })

  test('may be empty', () => {
    expect(batch(' [ ] ')).toEqual({ kind: 'events', mode: 'batch', events: [] })
  })

  test('has at most 1,000 events: 413 beyond', () => {
    expect(batch(`[${Array.from({ length: 1_000 }, () => one).join()}]`).kind).toBe('events')
    expect(batch(`[${Array.from({ length: 1_001 }, () => one).join()}]`)).toMatchObject({
      problem: { code: 'too-many-events', status: 413 },
    })
  })

  test('with a bad event is refused whole, with its index', () => {
    expect(batch(`[${one},${one},{"id":"1"}]`)).toMatchObject({
      kind: 'problem',
      problem: { code: 'missing-attribute', status: 400, index: 2 },
    })
  })

  test('has events of one specversion', () => {
    expect(batch(`[${one},${JSON.stringify({ ...requiredMembers, specversion: '0.3' })}]`)).toMatchObject({
      problem: { code: 'mixed-specversions', index: 1, attribute: 'specversion' },
    })
  })

  test.each([
    ['', 'malformed-json'],
    ['{}', 'not-an-array'],
    ['[', 'malformed-json'],
    [`[${one},]`, 'not-an-object'],
    [`[${one} ${one}]`, 'malformed-json'],
    [`[${one}`, 'malformed-json'],
    [`[${one}]]`, 'malformed-json'],
    ['[1]', 'not-an-object'],
  ])('must not be %j', (body, code) => {
    expect(batch(body)).toMatchObject({ problem: { code, status: 400 } })
  })
})

function batch(body: string): ReadResult {
  return readHttpEvent(['content-type', 'application/cloudevents-batch+json'], asBytes(body))
}

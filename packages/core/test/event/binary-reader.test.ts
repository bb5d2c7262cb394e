import { describe, expect, test } from 'vitest'

import {
  asBytes,
  eventOf,
  problemOf,
  rawHeaders,
  readBinary,
  required,
  single,
  asText,
} from './http-messages.ts'

test('attributes come from ce- headers, datacontenttype from Content-Type, data is the body', () => {
  const read = eventOf(
    readBinary({ 'Content-Type': 'text/plain; charset=utf-8', 'ce-subject': 's', host: 'h' }, 'hello'),
  )
  expect({ ...read.attributes }).toEqual({
    specversion: '1.0',
    id: '1',
    source: '/s',
    type: 't',
    subject: 's',
    datacontenttype: 'text/plain; charset=utf-8',
  })
  expect(asText(read.data)).toBe('hello')
  expect(read.dataForm).toBe('binary')
})

test('attributes have no prototype, so that a name is only ever what was sent', () => {
  const { attributes } = eventOf(readBinary({ 'ce-constructor': 'c' }))
  expect('toString' in attributes).toBe(false)
  expect(attributes.constructor).toBe('c')
  expect('tostring' in attributes).toBe(false)
})

test('the case of a header name does not matter', () => {
  const { attributes } = eventOf(readBinary({ 'CE-MyExt': 'x', 'Ce-Subject': 'y' }))
  expect(attributes).toMatchObject({ myext: 'x', subject: 'y' })
})

test('an empty body is no data', () => {
  expect(eventOf(readBinary({ 'content-type': 'application/json' })).data).toBeUndefined()
})

test('the body is the very bytes that came, JSON or not', () => {
  const body = Uint8Array.of(0x7b, 0xff, 0x00)
  expect(eventOf(single(rawHeaders({ ...required, 'content-type': 'application/json' }), body)).data).toBe(
    body,
  )
})

test('time keeps its nanoseconds and its offset', () => {
  const time = '2026-11-22T17:31:00.123456789+02:00'
  expect(eventOf(readBinary({ 'ce-time': time })).attributes.time).toBe(time)
})

test('an empty subject counts as none', () => {
  expect('subject' in eventOf(readBinary({ 'ce-subject': '' })).attributes).toBe(false)
})

test('an empty extension is fine', () => {
  expect(eventOf(readBinary({ 'ce-ext': '' })).attributes.ext).toBe('')
})

test('white space around a value is not part of it', () => {
  expect(eventOf(readBinary({ 'ce-ext': ' \t x y \t' })).attributes.ext).toBe('x y')
})

describe('values of headers', () => {
  test.each([
    ['percent-coded', 'Euro%20%E2%82%AC%20%F0%9F%98%80', 'Euro € 😀'],
    ['with lower-case hexadecimal digits', '%e2%82%ac', '€'],
    ['coded where it need not be', '%41%42', 'AB'],
    ['coded once, not twice', '%2520', '%20'],
    ['with a percent sign that codes nothing', '100% of %zz %4', '100% of %zz %4'],
    ['in raw UTF-8, as Go sends it', 'Käse €', 'Käse €'],
    ['in raw and coded UTF-8 at once', 'ä%C3%A4', 'ää'],
    ['a byte order mark', '%EF%BB%BFx', '\ufeffx'],
    ['a quoted string', '"a b"', 'a b'],
    ['a quoted string with escapes', '"a \\"b\\" \\\\"', 'a "b" \\'],
    ['a quoted string that is percent-coded within', '"%E2%82%AC"', '€'],
    ['quotes in the middle', 'say "hi" now', 'say "hi" now'],
    ['a quote that is not closed', '"a', '"a'],
    ['two quoted strings', '"a" "b"', '"a" "b"'],
    ['an escape that takes the last quote', '"a\\"', '"a\\"'],
    ['JSON', '{"a":1}', '{"a":1}'],
  ])('%s', (_, sent, value) => {
    expect(eventOf(readBinary({ 'ce-subject': sent })).attributes.subject).toBe(value)
  })

  test.each([
    ['an overlong coding', '%C0%A0'],
    ['a coded surrogate', '%ED%A0%80'],
    ['a coding cut off', '%E2%82'],
  ])('%s is not UTF-8: 400', (_, sent) => {
    expect(problemOf(readBinary({ 'ce-subject': sent }))).toMatchObject({
      code: 'invalid-utf8',
      status: 400,
      attribute: 'subject',
    })
  })

  test('bytes from 0x80 on that are not UTF-8: 400', () => {
    const headers = [...rawHeaders(required), 'ce-subject', 'caf\xe9']
    expect(problemOf(single(headers, asBytes('')))).toMatchObject({
      code: 'invalid-utf8',
      attribute: 'subject',
    })
  })

  test.each([
    ['a control character', '%0A', 'U+000A'],
    ['NUL', '%00', 'U+0000'],
    ['a C1 control', '%C2%85', 'U+0085'],
    ['DEL', '%7F', 'U+007F'],
    ['a noncharacter', '%EF%BF%BE', 'U+FFFE'],
    ['a noncharacter beyond the basic plane', '%F0%9F%BF%BF', 'U+1FFFF'],
    ['a tab', 'a\tb', 'U+0009'],
  ])('%s is not allowed: 400 that names it', (_, sent, named) => {
    const refused = problemOf(readBinary({ 'ce-subject': sent }))
    expect(refused).toMatchObject({ code: 'attribute-character', attribute: 'subject' })
    expect(refused.detail).toContain(named)
  })
})

describe('refused with a 400 that says which and why', () => {
  test('ce-datacontenttype', () => {
    const refused = problemOf(readBinary({ 'ce-datacontenttype': 'text/plain' }))
    expect(refused).toMatchObject({ code: 'reserved-attribute', status: 400, attribute: 'datacontenttype' })
    expect(refused.detail).toContain('content-type')
  })

  test('ce-data', () => {
    expect(problemOf(readBinary({ 'ce-data': '{}' }))).toMatchObject({
      code: 'reserved-attribute',
      attribute: 'data',
    })
  })

  test('a ce- header twice, in whatever case', () => {
    const headers = [...rawHeaders(required), 'CE-ID', '1']
    expect(problemOf(single(headers, asBytes('')))).toMatchObject({
      code: 'duplicate-attribute',
      attribute: 'id',
    })
  })

  test.each(['ce-my_ext', 'ce-my-ext', 'ce-', 'ce-caf\xe9', 'ce-data_base64'])('the name %s', (name) => {
    expect(problemOf(readBinary({ [name]: 'x' }))).toMatchObject({ code: 'attribute-name', status: 400 })
  })

  test('some required headers missing: all of them are named', () => {
    const refused = problemOf(single(rawHeaders({ 'ce-id': '1', 'ce-source': '/s' }), asBytes('')))
    expect(refused).toMatchObject({ code: 'missing-attribute', attribute: 'specversion' })
    expect(refused.detail).toBe('ce-specversion, ce-type are required and missing')
  })

  test('plain JSON without ce- headers: the missing headers are named', () => {
    const refused = problemOf(single(rawHeaders({ 'content-type': 'application/json' }), asBytes('{"a":1}')))
    expect(refused).toMatchObject({ code: 'not-a-cloudevent', status: 400 })
    for (const name of Object.keys(required)) expect(refused.detail).toContain(name)
  })
})

test('a long value is cut in the answer, and every character of it printable', () => {
  const refused = problemOf(readBinary({ 'ce-time': '\u20ac'.repeat(80) }))
  expect(refused.detail).toMatch(/^[ -~]+$/)
  expect(refused.detail.length).toBeLessThan(600)
  expect(refused.detail).toContain('80 characters')
})

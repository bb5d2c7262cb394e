import { toBinary, toStructured } from '@millrace/core'
import { describe, expect, test } from 'vitest'

import { eventOf, header, problemOf, readBinary, readStructured, asText } from './http-messages.ts'

describe('data of a JSON type', () => {
  test.each([
    ['"hi"'],
    ['""'],
    ['0'],
    ['-1.50e+3'],
    ['false'],
    ['null'],
    ['{}'],
    ['[ ]'],
    ['12345678901234567890'],
  ])('%s is itself in binary mode', (data) => {
    for (const type of ['application/json', 'application/vnd.a+json; v=1', 'text/json']) {
      const message = toBinary(eventOf(readStructured(withData(data, type))))
      expect(asText(message.body)).toBe(data)
      expect(header(message, 'content-type')).toBe(type)
    }
  })

  test('without datacontenttype is JSON, and says so in binary mode', () => {
    const message = toBinary(eventOf(readStructured(withData('"hi"'))))
    expect(header(message, 'content-type')).toBe('application/json')
    expect(asText(message.body)).toBe('"hi"')
  })

  test('null is a payload, absent data is none', () => {
    expect(asText(eventOf(readStructured(withData('null'))).data)).toBe('null')
    const none = toBinary(eventOf(readStructured({})))
    expect(none.body).toBeUndefined()
    expect(header(none, 'content-type')).toBeUndefined()
  })
})

describe('data of another type', () => {
  test('is the text that its JSON string stands for', () => {
    const message = toBinary(eventOf(readStructured(withData('"<a b=\\"\\u20ac\\"\\/>"', 'application/xml'))))
    expect(asText(message.body)).toBe('<a b="€"/>')
    expect(header(message, 'content-type')).toBe('application/xml')
  })

  test('is none where it is null', () => {
    expect(eventOf(readStructured(withData('null', 'text/plain'))).data).toBeUndefined()
  })

  test.each(['5', '{}', '[]', 'true'])('must be a string, not %s: 400', (data) => {
    const refused = problemOf(readStructured(withData(data, 'text/plain')))
    expect(refused).toMatchObject({ code: 'data-type', status: 400 })
    expect(refused.detail).toContain('"text/plain"')
  })
})

describe('data_base64', () => {
  test('is decoded', () => {
    const read = eventOf(readStructured({ datacontenttype: 'image/png', data_base64: '//8AAQ==' }))
    expect(toBinary(read).body).toEqual(Uint8Array.of(255, 255, 0, 1))
    expect(asText(toStructured(read).body)).toContain('"data_base64":"//8AAQ=="')
  })

  test('may be empty, with escapes, or null', () => {
    expect(eventOf(readStructured({ data_base64: '' })).data).toEqual(new Uint8Array(0))
    const escaped = '{"specversion":"1.0","id":"1","source":"/s","type":"t","data_base64":"\\/\\/8="}'
    expect(eventOf(readStructured(escaped)).data).toEqual(Uint8Array.of(255, 255))
    expect(eventOf(readStructured({ data_base64: null })).data).toBeUndefined()
    expect(asText(eventOf(readStructured({ data_base64: null, data: 1 })).data)).toBe('1')
  })

  test.each(['x', 'AA', 'AA=A', '____', 'AA==AA==', 'A A=', 'AAA€'])('%j is not base64: 400', (value) => {
    expect(problemOf(readStructured({ data_base64: value }))).toMatchObject({
      code: 'data-base64',
      status: 400,
    })
  })

  test('must be a string', () => {
    expect(problemOf(readStructured({ data_base64: 5 })).code).toBe('data-base64')
  })

  test('beside data: 400', () => {
    expect(problemOf(readStructured({ data_base64: 'AA==', data: null })).code).toBe('data-conflict')
  })
})

describe('0.3 with datacontentencoding base64', () => {
  const coded = {
    specversion: '0.3',
    datacontenttype: 'image/png',
    datacontentencoding: 'Base64',
    data: '//8=',
  }

  test('is unchanged where the mode does not change', () => {
    expect(JSON.parse(asText(toStructured(eventOf(readStructured(coded))).body) ?? '')).toEqual({
      id: '1',
      source: '/s',
      type: 't',
      ...coded,
    })
    const binary = toBinary(
      eventOf(readBinary({ 'ce-specversion': '0.3', 'ce-datacontentencoding': 'base64' }, '//8=')),
    )
    expect(asText(binary.body)).toBe('//8=')
    expect(header(binary, 'ce-datacontentencoding')).toBe('base64')
  })

  test('is decoded where the mode changes to binary', () => {
    const message = toBinary(eventOf(readStructured(coded)))
    expect(message.body).toEqual(Uint8Array.of(255, 255))
    expect(header(message, 'ce-datacontentencoding')).toBeUndefined()
    expect(header(message, 'content-type')).toBe('image/png')
    expect(header(message, 'ce-specversion')).toBe('0.3')
  })

  test('goes from binary to structured mode as the string that it is', () => {
    const headers = {
      'ce-specversion': '0.3',
      'ce-datacontentencoding': 'base64',
      'content-type': 'image/png',
    }
    expect(written(eventOf(readBinary(headers, '//8=')))).toMatchObject({
      data: '//8=',
      datacontentencoding: 'base64',
    })
    expect(written(eventOf(readBinary({ ...headers, 'content-type': 'text/plain' }, 'no base64')))).toEqual({
      specversion: '0.3',
      id: '1',
      source: '/s',
      type: 't',
      datacontenttype: 'text/plain',
      data: 'no base64',
    })
  })

  test('that is not base64: 400', () => {
    expect(problemOf(readStructured({ ...coded, data: 'x' })).code).toBe('data-base64')
  })

  test('is ignored on data that is no string', () => {
    const read = eventOf(readStructured({ ...coded, datacontenttype: 'application/json', data: { a: 1 } }))
    expect(asText(toBinary(read).body)).toBe('{"a":1}')
  })

  test('data_base64 is not of 0.3: 400', () => {
    expect(problemOf(readStructured({ specversion: '0.3', data_base64: 'AA==' })).code).toBe('attribute-name')
  })
})

function withData(data: string, datacontenttype?: string): string {
  const type = datacontenttype === undefined ? '' : `"datacontenttype":${JSON.stringify(datacontenttype)},`
  return `{"specversion":"1.0","id":"1","source":"/s","type":"t",${type}"data":${data}}`
}

function written(read: Parameters<typeof toStructured>[0]): unknown {
  return JSON.parse(asText(toStructured(read).body) ?? '')
}

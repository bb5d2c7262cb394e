import { structuredText, toBinary } from '@millrace/core'
import { describe, expect, test } from 'vitest'

import { eventOf, header, problemOf, readBinary, readStructured } from './http-messages.ts'

describe.each([
  ['binary', (members: Record<string, string>) => readBinary(headers(members)), 'ce-'],
  ['structured', (members: Record<string, string>) => readStructured(members), ''],
])('%s mode', (_, read, prefix) => {
  test.each([
    ['id', ''],
    ['type', ''],
    ['source', ''],
    ['source', 'a b'],
    ['source', '/ä'],
    ['source', 'http://[bad'],
    ['source', '1:2'],
    ['time', ''],
    ['time', '2026-11-22'],
    ['time', '2026-02-30T00:00:00Z'],
    ['time', 'now'],
    ['dataschema', ''],
    ['dataschema', '/relative'],
    ['dataschema', 'schema.json'],
    ['datacontenttype', 'json'],
    ['datacontenttype', 'text/'],
    ['datacontenttype', ''],
  ])('%s must not be %j: 400 that names attribute, rule and value', (name, value) => {
    const refused = problemOf(read({ [name]: value }))
    expect(refused).toMatchObject({ code: 'attribute-value', status: 400, attribute: name })
    expect(refused.detail).toMatch(/must (not )?be/)
    expect(refused.detail).toContain(
      name === 'datacontenttype' && prefix !== '' ? 'content-type' : `${prefix}${name}`,
    )
  })

  test.each([
    ['source', 'https://github.com/cloudevents'],
    ['source', 'mailto:cncf-wg-serverless@lists.cncf.io'],
    ['source', 'urn:uuid:6e8bc430-9c3a-11d9-9669-0800200c9a66'],
    ['source', '/cloudevents/spec/pull/123'],
    ['source', '1-555-123-4567'],
    ['source', '/apis/v1/namespaces/default/kafkasources/k#orders'],
    ['time', '2026-11-22T17:31:00.123456789-08:00'],
    ['dataschema', 'https://example.com/schema.json#/defs/order'],
    ['datacontenttype', 'multipart/form-data; boundary="a b"'],
  ])('%s may be %j', (name, value) => {
    expect(eventOf(read({ [name]: value })).attributes[name]).toBe(value)
  })

  test.each(['2.0', '1.0.2', '', '0.2'])('specversion %j is unknown: 400 that names the known', (version) => {
    const refused = problemOf(read({ specversion: version }))
    expect(refused).toMatchObject({ code: 'unknown-specversion', attribute: 'specversion' })
    expect(refused.detail).toContain('"1.0" and "0.3"')
  })

  test('0.3 has schemaurl, a URI-reference, and no rule for dataschema', () => {
    const read03 = eventOf(read({ specversion: '0.3', schemaurl: '/schema', dataschema: 'no uri' }))
    expect(read03.attributes).toMatchObject({
      specversion: '0.3',
      schemaurl: '/schema',
      dataschema: 'no uri',
    })
    expect(problemOf(read({ specversion: '0.3', schemaurl: 'no uri' }))).toMatchObject({
      attribute: 'schemaurl',
    })
  })
})

test("a URI's own percent-coding that its sender did not code again is no fault, and is put back in JSON", () => {
  const read = eventOf(readBinary({ 'ce-source': 'http://h/a%20b', 'ce-dataschema': 'http://h/%C3%A4' }))
  expect(read.attributes).toMatchObject({ source: 'http://h/a b', dataschema: 'http://h/ä' })
  expect(header(toBinary(read), 'ce-source')).toBe('http://h/a%20b')
  expect(JSON.parse(structuredText(read))).toMatchObject({
    source: 'http://h/a%20b',
    dataschema: 'http://h/%C3%A4',
  })
  expect(problemOf(readBinary({ 'ce-source': '%23a%23' }))).toMatchObject({ attribute: 'source' })
})

function headers(members: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(members).map(([name, value]) => [
      name === 'datacontenttype' ? 'content-type' : `ce-${name}`,
      value,
    ]),
  )
}

import { readHttpEvent } from '@millrace/core'
import { describe, expect, test } from 'vitest'

import { asBytes, problemOf, rawHeaders, required, requiredMembers, single } from './http-messages.ts'

describe('the content type tells the mode', () => {
  test.each([
    ['application/json', 'binary'],
    ['text/plain', 'binary'],
    ['application/cloudevents+json', 'structured'],
    ['application/CLOUDEVENTS+json; charset=UTF-8', 'structured'],
    ['application/cloudevents-batch+json', 'batch'],
  ])('%s: %s', (type, mode) => {
    const json = JSON.stringify(requiredMembers)
    const result = readHttpEvent(
      rawHeaders({ ...required, 'content-type': type }),
      asBytes(mode === 'batch' ? `[${json}]` : json),
    )
    expect(result).toMatchObject({ kind: 'events', mode })
  })

  test.each([
    'application/cloudevents',
    'application/cloudevents+avro',
    'application/cloudevents+xml; charset=utf-8',
    'application/cloudevents-batch+protobuf',
  ])('%s: 415 with those taken', (type) => {
    const refused = problemOf(single(rawHeaders({ ...required, 'content-type': type }), asBytes('')))
    expect(refused).toMatchObject({ code: 'unsupported-media-type', status: 415 })
    expect(refused.detail).toContain('application/cloudevents+json and application/cloudevents-batch+json')
  })
})

test('Content-Encoding: 415, but for identity', () => {
  for (const coding of ['gzip', 'br', ''])
    expect(
      problemOf(single(rawHeaders({ ...required, 'Content-Encoding': coding }), asBytes(''))),
    ).toMatchObject({ code: 'content-encoding', status: 415 })
  expect(readHttpEvent(rawHeaders({ ...required, 'content-encoding': 'Identity' }), asBytes('')).kind).toBe(
    'events',
  )
})

test('Content-Type twice: 400', () => {
  const headers = [...rawHeaders(required), 'content-type', 'text/plain', 'Content-Type', 'text/plain']
  expect(problemOf(single(headers, asBytes('x')))).toMatchObject({ code: 'duplicate-header', status: 400 })
})

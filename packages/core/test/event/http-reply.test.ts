import { announcesReply, readHttpReply, type ReplyResult } from '@millrace/core'
import { describe, expect, test } from 'vitest'

import { asBytes, rawHeaders, required, requiredMembers } from './http-messages.ts'

const structured = { 'content-type': 'application/cloudevents+json' }
const batch = { 'content-type': 'application/cloudevents-batch+json' }
const json = JSON.stringify(requiredMembers)

test('a 202 answer that carries an event is not a reply', () => {
  expect(reply(202, required, 'x')).toEqual({ kind: 'none' })
  expect(reply(202, structured, json)).toEqual({ kind: 'none' })
  expect(reply(202, structured, 'malformed')).toEqual({ kind: 'none' })
})

test.each([200, 201, 204, 206, 299])('an event in a %i is a reply', (status) => {
  expect(reply(status, required, 'x')).toMatchObject({
    kind: 'events',
    events: [{ attributes: { id: '1' } }],
  })
  expect(reply(status, structured, json)).toMatchObject({
    kind: 'events',
    events: [{ attributes: { id: '1' } }],
  })
})

test('each event of a batch is a reply; an empty batch is none', () => {
  expect(reply(200, batch, `[${json},${json}]`)).toMatchObject({ kind: 'events', events: [{}, {}] })
  expect(reply(200, batch, '[]')).toEqual({ kind: 'none' })
})

test('an event without data is a reply', () => {
  expect(reply(200, required, '').kind).toBe('events')
})

test.each([199, 301, 400, 500])('a %i carries no reply', (status) => {
  expect(reply(status, required, 'x')).toEqual({ kind: 'none' })
})

describe('a body that is no CloudEvent is delivered, without a reply', () => {
  test.each([
    ['text', { 'content-type': 'text/plain' }],
    ['JSON', { 'content-type': 'application/json' }],
    ['of no type', {}],
    ['with some ce- headers, but no version', { 'ce-id': '1', 'ce-type': 't' }],
    ['with an unknown version', { ...required, 'ce-specversion': '7.0' }],
    ['compressed', { 'content-encoding': 'gzip', 'content-type': 'text/plain' }],
  ])('%s', (_, headers) => {
    expect(reply(200, headers, '{"ok":true}')).toEqual({ kind: 'not-an-event' })
  })
})

describe('no body and no version is no reply', () => {
  test.each([
    ['nothing', {}],
    ['a content type that a framework set', structured],
    ['an unknown version', { ...required, 'ce-specversion': '7.0' }],
  ])('%s', (_, headers) => {
    expect(reply(200, headers, '')).toEqual({ kind: 'none' })
  })
})

describe('a malformed CloudEvent is a failed delivery', () => {
  test.each([
    ['structured, cut off', structured, '{"id":"1"', 'malformed-json'],
    ['structured, an attribute missing', structured, '{"id":"1"}', 'missing-attribute'],
    ['a batch with a bad one', batch, `[${json},{}]`, 'missing-attribute'],
    [
      'binary with a known version, an attribute missing',
      { 'ce-specversion': '1.0' },
      '',
      'missing-attribute',
    ],
    [
      'binary 0.3 with a bad time',
      { ...required, 'ce-specversion': '0.3', 'CE-Time': 'now' },
      'x',
      'attribute-value',
    ],
    ['binary, compressed', { ...required, 'content-encoding': 'gzip' }, 'x', 'content-encoding'],
    [
      'in a format that is not read',
      { 'content-type': 'application/cloudevents+avro' },
      'x',
      'unsupported-media-type',
    ],
  ])('%s', (_, headers, body, code) => {
    expect(reply(200, headers, body)).toMatchObject({ kind: 'malformed', problem: { code } })
  })
})

test('headers alone tell whether a body that is too large was meant as a reply', () => {
  expect(announcesReply(200, rawHeaders(required))).toBe(true)
  expect(announcesReply(200, rawHeaders(structured))).toBe(true)
  expect(announcesReply(200, rawHeaders(batch))).toBe(true)
  expect(announcesReply(202, rawHeaders(structured))).toBe(false)
  expect(announcesReply(500, rawHeaders(structured))).toBe(false)
  expect(announcesReply(200, rawHeaders({ 'content-type': 'application/json' }))).toBe(false)
})

function reply(status: number, headers: Readonly<Record<string, string>>, body: string): ReplyResult {
  return readHttpReply(status, rawHeaders(headers), asBytes(body))
}

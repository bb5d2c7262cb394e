import { deadLetterExtensions, withAttributes } from '@millrace/core'
import { expect, test } from 'vitest'

import { eventOf, readBinary } from '../event/http-messages.ts'

const destination = 'http://sink.example.com/path'
const reason = '503 from http://sink.example.com/path'

test('a dead letter carries knativeerrordest, knativeerrorcode and knativeerrordata', () => {
  expect(deadLetterExtensions({ destination, code: 503, reason, body: 'YnVzeQ==' })).toEqual({
    knativeerrordest: destination,
    knativeerrorcode: '503',
    knativeerrordata: 'YnVzeQ==',
  })
})

test('no response at all is knativeerrorcode "500" with the reason as data', () => {
  const extensions = deadLetterExtensions({ destination, reason: 'dispatch error: connect ECONNREFUSED é' })
  expect(extensions.knativeerrorcode).toBe('500')
  expect(Buffer.from(String(extensions.knativeerrordata), 'base64').toString()).toBe(
    'dispatch error: connect ECONNREFUSED é',
  )
})

test('data is the base64 of at most 768 bytes', () => {
  const body = Buffer.alloc(5_000, 'x').toString('base64')
  const data = String(deadLetterExtensions({ destination, code: 500, reason, body }).knativeerrordata)
  expect(Buffer.from(data, 'base64')).toEqual(Buffer.alloc(768, 'x'))
  const long = deadLetterExtensions({ destination, reason: 'x'.repeat(5_000) })
  expect(Buffer.from(String(long.knativeerrordata), 'base64')).toHaveLength(768)
})

test('data is left out when the response was empty', () => {
  expect(deadLetterExtensions({ destination, code: 422, reason }).knativeerrordata).toBeUndefined()
  expect(deadLetterExtensions({ destination, code: 422, reason, body: '' }).knativeerrordata).toBeUndefined()
})

test("the latest failure's values hold: what an earlier one left is replaced or taken away", () => {
  const first = withAttributes(
    eventOf(readBinary({})),
    deadLetterExtensions({ destination: 'http://first/', code: 503, reason, body: 'YnVzeQ==' }),
  )
  const again = withAttributes(first, deadLetterExtensions({ destination, code: 404, reason }))
  expect(again.attributes).toMatchObject({ id: '1', knativeerrordest: destination, knativeerrorcode: '404' })
  expect('knativeerrordata' in again.attributes).toBe(false)
})

test.each([
  ['http://user:pass@h/x', 'http://h/x'],
  ['https://user@h:8080', 'https://h:8080'],
  ['http://h/a@b', 'http://h/a@b'],
  ['http://h?x=a@b', 'http://h?x=a@b'],
  ['http://a@b:c@h/', 'http://h/'],
])('credentials in %s are not shown', (url, shown) => {
  expect(deadLetterExtensions({ destination: url, code: 500, reason }).knativeerrordest).toBe(shown)
})

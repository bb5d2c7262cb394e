import { problem, problems, type ProblemCode } from '@millrace/core'
import { expect, test } from 'vitest'

test('codes are for ever: none is lost, and each keeps its status', () => {
  expect(
    Object.fromEntries(Object.entries(problems).map(([code, { status }]) => [code, status])),
  ).toMatchObject({
    'not-a-cloudevent': 400,
    'unsupported-media-type': 415,
    'content-encoding': 415,
    'malformed-json': 400,
    'invalid-utf8': 400,
    'not-an-object': 400,
    'not-an-array': 400,
    'too-many-events': 413,
    'mixed-specversions': 400,
    'missing-attribute': 400,
    'unknown-specversion': 400,
    'attribute-name': 400,
    'attribute-type': 400,
    'attribute-value': 400,
    'attribute-character': 400,
    'reserved-attribute': 400,
    'duplicate-attribute': 400,
    'duplicate-header': 400,
    'data-conflict': 400,
    'data-type': 400,
    'data-base64': 400,
    'ttl-spent': 400,
    'bad-request': 400,
    unauthorized: 401,
    'no-such-addressable': 404,
    'method-not-allowed': 405,
    'request-timeout': 408,
    'too-large': 413,
    'over-share': 429,
    'headers-too-large': 431,
    internal: 500,
    'secret-missing': 503,
    'store-unavailable': 503,
    busy: 503,
  })
})

test('a problem has the status and title of its code', () => {
  for (const code of Object.keys(problems) as ProblemCode[]) {
    expect(code).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/)
    expect(problem(code, 'why', 'id')).toEqual({ code, ...problems[code], detail: 'why', attribute: 'id' })
  }
})

import { expect, test } from 'vitest'
import { passedHeaders } from '../src/passed-headers.ts'

test('tracing headers, knative ones and request ids pass, by lower-case name', () => {
  const raw = ['X-Request-Id', 'r', 'TraceParent', '00', 'Knative-Error', 'k', 'x-b3-traceid', 'b']
  expect(passedHeaders(raw)).toEqual({
    'x-request-id': 'r',
    traceparent: '00',
    'knative-error': 'k',
    'x-b3-traceid': 'b',
  })
})

test('all others stop: credentials, cookies, names that only look alike', () => {
  const raw = [
    'authorization',
    'a',
    'cookie',
    'c',
    'x-b3',
    '1',
    'knative',
    '2',
    'x-request-id2',
    '3',
    'ce-id',
    '4',
  ]
  expect(passedHeaders(raw)).toEqual({})
})

test('a header in several lines is one list', () => {
  expect(passedHeaders(['tracestate', 'a=1', 'Tracestate', 'b=2'])).toEqual({ tracestate: 'a=1, b=2' })
})

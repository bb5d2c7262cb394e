import { attemptOutcome, classify, resolvePolicy } from '@millrace/core'
import { describe, expect, test } from 'vitest'

test.each([200, 201, 202, 204, 226, 299])('a %i is delivered', (status) => {
  expect(classify(status)).toBe('delivered')
})

test.each([404, 408, 409, 429, 500, 501, 502, 503, 504, 505, 599])('a %i is retried', (status) => {
  expect(classify(status)).toBe('retry')
})

test.each([0, 99, 600, 999])('a %i, outside the table of the specification, is retried', (status) => {
  expect(classify(status)).toBe('retry')
})

test('no answer at all is retried', () => {
  expect(classify(undefined)).toBe('retry')
})

test.each([400, 401, 402, 403, 405, 406, 410, 412, 413, 415, 418, 422, 425, 431, 499])(
  'a %i is not retried',
  (status) => {
    expect(classify(status)).toBe('dead')
  },
)

test.each([300, 301, 302, 303, 304, 307, 308])(
  'a %i is not retried: redirects are not followed',
  (status) => {
    expect(classify(status)).toBe('dead')
  },
)

test.each([100, 101, 103])('a %i is not retried', (status) => {
  expect(classify(status)).toBe('dead')
})

describe('an attempt', () => {
  const policy = resolvePolicy({ retry: 2, backoffPolicy: 'linear', backoffDelay: 'PT1S' }, undefined)
  const facts = { status: 500, retryAfter: undefined, nowMs: 0, random: () => 0 }

  test('that failed is retried as often as the policy says, then dead', () => {
    expect([1, 2, 3, 4].map((made) => attemptOutcome(policy, made, facts))).toEqual([
      { kind: 'retry', afterMs: 1_000 },
      { kind: 'retry', afterMs: 2_000 },
      { kind: 'dead' },
      { kind: 'dead' },
    ])
  })

  test('with 0 retries is dead at the first failure', () => {
    expect(attemptOutcome({ ...policy, retry: 0 }, 1, facts)).toEqual({ kind: 'dead' })
  })

  test('that is not retriable is dead at once', () => {
    expect(attemptOutcome(policy, 1, { ...facts, status: 422 })).toEqual({ kind: 'dead' })
  })

  test('that was answered with 2xx is delivered, with a malformed CloudEvent retried', () => {
    expect(attemptOutcome(policy, 1, { ...facts, status: 200 })).toEqual({ kind: 'delivered' })
    expect(attemptOutcome(policy, 1, { ...facts, status: 200, malformedReply: true })).toEqual({
      kind: 'retry',
      afterMs: 1_000,
    })
    expect(attemptOutcome(policy, 3, { ...facts, status: 200, malformedReply: true })).toEqual({
      kind: 'dead',
    })
  })
})

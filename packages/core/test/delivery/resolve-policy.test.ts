import { resolvePolicy } from '@millrace/core'
import { describe, expect, test } from 'vitest'

const untouched = { retry: 10, backoffPolicy: 'exponential', backoffDelayMs: 200 }

test('no delivery anywhere: retry 10, exponential, PT0.2S', () => {
  expect(resolvePolicy(undefined, undefined)).toEqual({
    ...untouched,
    backoffMaxMs: undefined,
    timeoutMs: 300_000,
    retryAfterMaxMs: 600_000,
    format: undefined,
  })
})

test("the trigger's delivery replaces the broker's whole object", () => {
  const broker = {
    retry: 7,
    backoffPolicy: 'linear',
    backoffDelay: 'PT9S',
    timeout: 'PT1S',
    format: 'json',
  } as const
  expect(resolvePolicy(undefined, broker)).toMatchObject({
    retry: 7,
    backoffPolicy: 'linear',
    backoffDelayMs: 9_000,
    timeoutMs: 1_000,
    format: 'json',
  })
  expect(resolvePolicy({ retry: 1 }, broker)).toEqual({
    retry: 1,
    backoffPolicy: 'exponential',
    backoffDelayMs: 200,
    backoffMaxMs: undefined,
    timeoutMs: 300_000,
    retryAfterMaxMs: 600_000,
    format: undefined,
  })
})

test('delivery present without retry: 0 retries', () => {
  expect(resolvePolicy({}, { retry: 7 }).retry).toBe(0)
  expect(resolvePolicy({ timeout: 'PT1S' }, undefined).retry).toBe(0)
  expect(resolvePolicy(undefined, { backoffDelay: 'PT1S' }).retry).toBe(0)
})

describe('backoffDelay without backoffPolicy, or the reverse', () => {
  test('the missing policy is exponential', () => {
    expect(resolvePolicy({ retry: 1, backoffDelay: 'PT3S' }, undefined)).toMatchObject({
      backoffPolicy: 'exponential',
      backoffDelayMs: 3_000,
    })
  })

  test('the missing delay is PT0.2S', () => {
    expect(resolvePolicy({ retry: 1, backoffPolicy: 'linear' }, undefined)).toMatchObject({
      backoffPolicy: 'linear',
      backoffDelayMs: 200,
    })
  })
})

test('the timeout of an attempt is PT5M unless set', () => {
  expect(resolvePolicy({ timeout: 'PT2.5S' }, undefined).timeoutMs).toBe(2_500)
  expect(resolvePolicy({}, undefined).timeoutMs).toBe(300_000)
})

test('a timeout beyond what a timer can run is that long', () => {
  expect(resolvePolicy({ timeout: 'P1Y' }, undefined).timeoutMs).toBe(2_147_483_647)
})

test('retryAfterMax is PT10M unless set; PT0S opts out', () => {
  expect(resolvePolicy({}, undefined).retryAfterMaxMs).toBe(600_000)
  expect(resolvePolicy({ retryAfterMax: 'PT0S' }, undefined).retryAfterMaxMs).toBe(0)
})

test('millrace.dev/backoff-max caps the backoff, inherited delivery or not', () => {
  const annotations = { 'millrace.dev/backoff-max': 'PT1M' }
  expect(resolvePolicy(undefined, { retry: 3 }, annotations)).toMatchObject({
    retry: 3,
    backoffMaxMs: 60_000,
  })
})

test('a duration that does not parse is named', () => {
  expect(() => resolvePolicy({ timeout: '5s' }, undefined)).toThrow('timeout: "5s" is no ISO 8601 duration')
})

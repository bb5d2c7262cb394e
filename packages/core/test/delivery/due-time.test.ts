import { describe, expect, test } from 'vitest'
import { dueTime, longestDelayMs } from '../../src/index.ts'

const now = Date.parse('2026-01-01T00:00:00Z')
const of = (notbefore: string | undefined, delayMs?: number) =>
  dueTime(
    { dueFrom: 'notbefore', ...(delayMs === undefined ? {} : { delayMs }) },
    {
      specversion: '1.0',
      id: '1',
      source: '/s',
      type: 't',
      ...(notbefore === undefined ? {} : { notbefore }),
    },
    now,
  )

describe('the time of the first attempt', () => {
  test.each([
    ['2026-01-01T00:00:05Z', 5_000],
    ['2026-01-01t02:00:05+02:00', 5_000],
    ['2026-01-01T00:00:05.0001Z', 5_001],
    ['2026-01-01T00:00:05.000000Z', 5_000],
    ['2026-01-01T00:00:60Z', 60_000],
    ['2026-01-31T00:00:00Z', longestDelayMs],
  ])('%s is that time, and never earlier', (text, after) => {
    expect(of(text)).toEqual({ kind: 'due', due: now + after })
  })

  test.each(['2025-12-31T23:59:59Z', '1970-01-01T00:00:00Z', '2026-01-01T00:00:00Z', undefined])(
    '%s is at once',
    (text) => {
      expect(of(text)).toEqual({ kind: 'due', due: undefined })
    },
  )

  test('the later of attribute and delay holds', () => {
    expect(of('2026-01-01T00:00:05Z', 9_000)).toEqual({ kind: 'due', due: now + 9_000 })
    expect(of('2026-01-01T00:00:10Z', 9_000)).toEqual({ kind: 'due', due: now + 10_000 })
    expect(of('2025-01-01T00:00:10Z', 9_000)).toEqual({ kind: 'due', due: now + 9_000 })
    expect(dueTime({ delayMs: 1 }, { specversion: '1.0', id: '1', source: '/s', type: 't' }, now)).toEqual({
      kind: 'due',
      due: now + 1,
    })
  })

  test.each([
    ['tomorrow', 'notbefore is "tomorrow", must be a time of RFC 3339'],
    ['2026-02-30T00:00:00Z', 'notbefore is "2026-02-30T00:00:00Z", must be a time of RFC 3339'],
    ['', 'must be a time of RFC 3339'],
    ['2026-01-31T00:00:00.001Z', 'more than 30 days ahead'],
  ])('%j is refused, and the attribute named', (text, detail) => {
    expect(of(text)).toMatchObject({
      kind: 'problem',
      problem: { status: 400, attribute: 'notbefore', detail: expect.stringContaining(detail) },
    })
  })
})

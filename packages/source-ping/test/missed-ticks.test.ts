import { describe, expect, it } from 'vitest'
import { ticksToMakeUp } from '../src/missed-ticks.ts'
import { ticksOf } from '../src/ticks.ts'

const minutes = ticksOf('* * * * *', 'UTC')
const noon = Date.UTC(2026, 5, 1, 12)
const minuteMs = 60_000

describe('ticks that were missed', () => {
  it('are none by the policy skip', () => {
    expect(ticksToMakeUp(minutes, noon, noon + 10 * minuteMs, 'skip')).toEqual([])
  })

  it('are the latest alone by the policy once', () => {
    expect(ticksToMakeUp(minutes, noon, noon + 10.5 * minuteMs, 'once')).toEqual([noon + 10 * minuteMs])
  })

  it('are each of them by the policy all, oldest first, a tick that is due now too', () => {
    const expected = [1, 2, 3].map((n) => noon + n * minuteMs)
    expect(ticksToMakeUp(minutes, noon, noon + 3 * minuteMs, 'all')).toEqual(expected)
  })

  it('are the latest thousand of a year of seconds, without looking at all of them', () => {
    const now = noon + 365 * 24 * 60 * minuteMs
    const missed = ticksToMakeUp(ticksOf('* * * * * *', 'UTC'), noon, now, 'all')
    expect(missed).toHaveLength(1_000)
    expect([missed[0], missed.at(-1)]).toEqual([now - 999_000, now])
  })

  it('are found however long ago a rare one was', () => {
    const yearly = ticksOf('@yearly', 'UTC')
    expect(ticksToMakeUp(yearly, Date.UTC(2020, 5), Date.UTC(2023, 5), 'all')).toEqual([
      Date.UTC(2021, 0),
      Date.UTC(2022, 0),
      Date.UTC(2023, 0),
    ])
  })
})

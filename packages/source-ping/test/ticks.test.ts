import { describe, expect, it } from 'vitest'
import { isTimeZone, ticksOf } from '../src/ticks.ts'
import { tickText } from '../src/to-event.ts'
import { clockChanges, localMinutes, type LocalMinute } from './local-time.ts'
import { runTicks } from './run-ticks.ts'

const dayMs = 24 * 3_600_000
const zones = [
  'Europe/Paris',
  'America/New_York',
  'Australia/Lord_Howe',
  'America/St_Johns',
  'Pacific/Auckland',
]
const changes = zones.flatMap((zone) => clockChanges(zone, 2026).map((at) => ({ zone, at })))

describe('clocks that are moved', () => {
  it('are moved twice in each of these zones', () => {
    expect(changes).toHaveLength(2 * zones.length)
  })

  // Vixie cron: what has a * or a step follows the time that passes
  it.each(changes)('in $zone: every hour and every quarter comes as time passes', async ({ zone, at }) => {
    const [from, to] = [at - dayMs, at + dayMs]
    const minutes = localMinutes(zone, from, to)
    const expected = (wanted: (minute: LocalMinute) => boolean): string[] =>
      minutes.filter((minute) => minute.at > from && wanted(minute)).map((minute) => tickText(minute.at))
    expect(await runTicks({ schedule: '0 * * * *', timezone: zone }, from, to - 1)).toEqual(
      expected(({ minute }) => minute === 0),
    )
    expect(await runTicks({ schedule: '*/15 1-3 * * *', timezone: zone }, from, to - 1)).toEqual(
      expected(({ hour, minute }) => hour >= 1 && hour <= 3 && minute % 15 === 0),
    )
  })

  // Vixie cron: fixed times come once a day, those that are left out when the clocks have been moved
  it.each(changes)('in $zone: fixed times come once each day', async ({ zone, at }) => {
    const [from, to] = [at - 2 * dayMs, at + 2 * dayMs]
    const minutes = localMinutes(zone, from, to)
    for (const [hour, minute] of [
      [0, 30],
      [1, 45],
      [2, 15],
      [2, 30],
      [3, 0],
    ] as const) {
      const expected = fixedTimes(minutes, hour, minute).filter((tick) => tick > from)
      const schedule = `${minute} ${hour} * * *`
      const fired = await runTicks({ schedule, timezone: zone }, from, to - 1)
      expect(fired, `${schedule} ${zone}`).toEqual(expected.map(tickText))
    }
  })

  it('leave out and repeat an hour in Paris', async () => {
    const paris = { schedule: '30 2 * * *', timezone: 'Europe/Paris' }
    expect(await runTicks(paris, Date.UTC(2026, 2, 27, 12), Date.UTC(2026, 2, 30, 12))).toEqual([
      '2026-03-28T01:30:00Z',
      '2026-03-29T01:00:00Z',
      '2026-03-30T00:30:00Z',
    ])
    expect(await runTicks(paris, Date.UTC(2026, 9, 24, 12), Date.UTC(2026, 9, 26, 12))).toEqual([
      '2026-10-25T00:30:00Z',
      '2026-10-26T01:30:00Z',
    ])
  })
})

/** The first minute of each day that shows a time; where none does, the first behind it. */
function fixedTimes(minutes: readonly LocalMinute[], hour: number, minute: number): number[] {
  return [...Map.groupBy(minutes, ({ date }) => date).values()].flatMap((day) => {
    const shown = day.find((each) => each.hour === hour && each.minute === minute)
    const behind = day.find((each) => each.hour * 60 + each.minute > hour * 60 + minute)
    const first = day[0]
    // a day of which the window has only the end says nothing of its beginning
    const isWhole = first?.hour === 0 && first.minute === 0
    const tick = shown ?? (isWhole ? behind : undefined)
    return tick === undefined ? [] : [tick.at]
  })
}

describe('days that not every year or month has', () => {
  it('a 29th of February comes in leap years, also over a century that is none', async () => {
    const leap = { schedule: '0 12 29 2 *', timezone: 'America/New_York' }
    expect(await runTicks(leap, Date.UTC(2023, 0), Date.UTC(2033, 0))).toEqual([
      '2024-02-29T17:00:00Z',
      '2028-02-29T17:00:00Z',
      '2032-02-29T17:00:00Z',
    ])
    expect(ticksOf('0 0 29 2 *', 'UTC').after(Date.UTC(2096, 5))).toBe(Date.UTC(2104, 1, 29))
  })

  it('a 31st comes in seven months of a year, in February the last is a 28th', async () => {
    const fired = await runTicks({ schedule: '@monthly' }, Date.UTC(2026, 0), Date.UTC(2026, 4))
    expect(fired).toEqual(['02', '03', '04', '05'].map((month) => `2026-${month}-01T00:00:00Z`))
    expect(await runTicks({ schedule: '0 0 31 * *' }, Date.UTC(2026, 0), Date.UTC(2027, 0))).toHaveLength(7)
    expect(await runTicks({ schedule: '0 0 * 2 *' }, Date.UTC(2026, 0), Date.UTC(2027, 0))).toHaveLength(28)
  })

  it('of a day of the month and a day of the week either may hold', async () => {
    const fired = await runTicks({ schedule: '0 0 13 * FRI' }, Date.UTC(2026, 9, 1), Date.UTC(2026, 9, 17))
    expect(fired.map((time) => time.slice(0, 10))).toEqual([
      '2026-10-02',
      '2026-10-09',
      '2026-10-13',
      '2026-10-16',
    ])
  })

  it('a time that never comes has no tick', () => {
    expect(ticksOf('0 0 31 2 *', 'UTC').after(Date.UTC(2000, 0))).toBeUndefined()
  })
})

it.each([
  ['Europe/Paris', true],
  ['UTC', true],
  ['US/Pacific', true],
  ['Europe/Pariss', false],
  ['+01:00', false],
  ['', false],
])('%s is a time zone: %s', (name, is) => {
  expect(isTimeZone(name)).toBe(is)
})

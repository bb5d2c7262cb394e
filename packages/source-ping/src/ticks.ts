import { Cron } from 'croner'
import { parseSchedule } from './schedule.ts'

/** The instants of a schedule, milliseconds since the epoch, whole seconds. */
export interface Ticks {
  /** The first after a time; undefined: there is none. */
  after(time: number): number | undefined
}

/**
 * A schedule in an IANA time zone. Where clocks are moved, as Vixie cron: fixed times (no `*` and no step in
 * seconds, minutes and hours) that are left out come once when the clocks have gone forward, and those that
 * there are twice come once, the first time; all others follow the time that passes, so that `*` comes in both
 * of two hours, and what falls into a gap does not come.
 */
export function ticksOf(schedule: string, timezone: string): Ticks {
  const parsed = parseSchedule(schedule)
  if (parsed.kind === 'problem') throw new Error(`schedule ${parsed.problem}`)
  const cron = new Cron(parsed.pattern, {
    timezone,
    paused: true,
    domAndDow: false,
    fixedTimeRule: 'no-wildcard',
  })
  return { after: (time) => cron.nextRun(new Date(time))?.getTime() }
}

/** Whether a name is one of the IANA database; an offset is none. */
export function isTimeZone(name: string): boolean {
  if (/^[+-]|^$/.test(name)) return false
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

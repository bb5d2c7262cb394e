/** A minute of a time zone, as its clocks show it. */
export interface LocalMinute {
  /** Milliseconds since the epoch. */
  readonly at: number
  /** `2026-03-29`. */
  readonly date: string
  readonly hour: number
  readonly minute: number
}

const minuteMs = 60_000
const hourMs = 60 * minuteMs

/** All minutes between two times. */
export function localMinutes(timeZone: string, from: number, to: number): LocalMinute[] {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' })
  const minutes: LocalMinute[] = []
  for (let at = from; at < to; at += minuteMs) {
    const [date = '', time = ''] = format.format(at).split(' ')
    const [hour, minute] = time.split(':').map(Number)
    minutes.push({ at, date, hour: hour ?? 0, minute: minute ?? 0 })
  }
  return minutes
}

/** When the clocks of a zone are moved in a year, to the hour. */
export function clockChanges(timeZone: string, year: number): number[] {
  const format = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' })
  const offsetAt = (at: number): string | undefined =>
    format.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value
  const changes: number[] = []
  for (let at = Date.UTC(year, 0, 1); at < Date.UTC(year + 1, 0, 1); at += hourMs)
    if (offsetAt(at) !== offsetAt(at + hourMs)) changes.push(at)
  return changes
}

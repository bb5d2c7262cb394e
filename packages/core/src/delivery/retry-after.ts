const seconds = /^\d+$/
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** The three forms of an HTTP date (RFC 9110, 5.6.7); a recipient takes all of them. */
const dates = [
  /^[A-Z][a-z]{2}, (?<day>\d{2}) (?<month>[A-Z][a-z]{2}) (?<year>\d{4}) (?<time>\d{2}:\d{2}:\d{2}) GMT$/,
  /^[A-Z][a-z]{5,8}, (?<day>\d{2})-(?<month>[A-Z][a-z]{2})-(?<year>\d{2}) (?<time>\d{2}:\d{2}:\d{2}) GMT$/,
  /^[A-Z][a-z]{2} (?<month>[A-Z][a-z]{2}) (?<day>[ \d]\d) (?<time>\d{2}:\d{2}:\d{2}) (?<year>\d{4})$/,
]

/** The wait in milliseconds that a Retry-After asks for, seconds or HTTP date; undefined where it is neither. */
export function parseRetryAfter(text: string, nowMs: number): number | undefined {
  const value = text.trim()
  if (seconds.test(value)) return Number(value) * 1_000
  const at = httpDate(value, nowMs)
  return at === undefined ? undefined : Math.max(0, at - nowMs)
}

function httpDate(text: string, nowMs: number): number | undefined {
  for (const form of dates) {
    const groups = form.exec(text)?.groups
    if (groups === undefined) continue
    const month = months.indexOf(groups.month ?? '')
    const [hour = NaN, minute = NaN, second = NaN] = (groups.time ?? '').split(':').map(Number)
    if (month < 0 || hour > 23 || minute > 59 || second > 60) return undefined
    const year = fullYear(groups.year ?? '', nowMs)
    const day = Number(groups.day)
    const at = Date.UTC(year, month, day, hour, minute, second)
    return new Date(Date.UTC(year, month, day)).getUTCDate() === day ? at : undefined
  }
  return undefined
}

/** A year of two digits that would be more than 50 years ahead means the past (RFC 9110, 5.6.7). */
function fullYear(digits: string, nowMs: number): number {
  if (digits.length === 4) return Number(digits)
  const thisYear = new Date(nowMs).getUTCFullYear()
  const year = thisYear - (thisYear % 100) + Number(digits)
  return year > thisYear + 50 ? year - 100 : year
}

const second = 1_000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour
/** Mean lengths of the Gregorian calendar: a delivery has no calendar to count months by. */
const year = 365.2425 * day
const month = year / 12

const pattern =
  /^P(?!$)(?:(?<years>\d+(?:[.,]\d+)?)Y)?(?:(?<months>\d+(?:[.,]\d+)?)M)?(?:(?<weeks>\d+(?:[.,]\d+)?)W)?(?:(?<days>\d+(?:[.,]\d+)?)D)?(?:T(?!$)(?:(?<hours>\d+(?:[.,]\d+)?)H)?(?:(?<minutes>\d+(?:[.,]\d+)?)M)?(?:(?<seconds>\d+(?:[.,]\d+)?)S)?)?$/
const lengths = {
  years: year,
  months: month,
  weeks: 7 * day,
  days: day,
  hours: hour,
  minutes: minute,
  seconds: second,
}
const fraction = /[.,]/
const longestText = 64

/**
 * Milliseconds of an ISO 8601 duration such as `PT0.2S` or `P1DT12H`; undefined where the text is none.
 * Only the last component may have a fraction. Years and months have their mean length.
 */
export function parseDuration(text: string): number | undefined {
  if (text.length > longestText) return undefined
  const groups = pattern.exec(text)?.groups
  if (groups === undefined) return undefined
  let total = 0
  let ended = false
  for (const [unit, length] of Object.entries(lengths)) {
    const amount = groups[unit]
    if (amount === undefined) continue
    if (ended) return undefined
    ended = fraction.test(amount)
    total += Number(amount.replace(',', '.')) * length
  }
  return Math.round(total)
}

/** The ISO 8601 form of whole milliseconds, in hours, minutes and seconds: `PT24H`, `PT0.2S`. */
export function formatDuration(ms: number): string {
  const hours = Math.floor(ms / hour)
  const minutes = Math.floor((ms % hour) / minute)
  const seconds = (ms % minute) / second
  const text = `${hours > 0 ? `${hours}H` : ''}${minutes > 0 ? `${minutes}M` : ''}${seconds > 0 ? `${seconds}S` : ''}`
  return `PT${text === '' ? '0S' : text}`
}

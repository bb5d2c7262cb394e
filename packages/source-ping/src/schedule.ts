/** A field of a schedule: its bounds, and the names that stand for numbers from the first on. */
interface Field {
  readonly name: string
  readonly least: number
  readonly most: number
  readonly words?: readonly string[]
  /** Of the time of day: whether it has steps matters where clocks are moved. */
  readonly ofDay?: true
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const days = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']

const fields: readonly Field[] = [
  { name: 'second', least: 0, most: 59, ofDay: true },
  { name: 'minute', least: 0, most: 59, ofDay: true },
  { name: 'hour', least: 0, most: 23, ofDay: true },
  { name: 'day of month', least: 1, most: 31 },
  { name: 'month', least: 1, most: 12, words: months },
  { name: 'day of week', least: 0, most: 6, words: days },
]

/** As robfig/cron, Knative's parser, has them. */
const descriptors: Readonly<Record<string, string>> = {
  '@yearly': '0 0 0 1 1 *',
  '@annually': '0 0 0 1 1 *',
  '@monthly': '0 0 0 1 * *',
  '@weekly': '0 0 0 * * 0',
  '@daily': '0 0 0 * * *',
  '@midnight': '0 0 0 * * *',
  '@hourly': '0 0 * * * *',
}

export type ParsedSchedule =
  /** Six fields: numbers alone, and of what can be written in several ways always the same. */
  | { readonly kind: 'schedule'; readonly pattern: string }
  /** What is wrong, and what would be right. */
  | { readonly kind: 'problem'; readonly problem: string }

/**
 * Reads a schedule by the grammar of Knative's parser (robfig/cron v3 with optional seconds and descriptors):
 * five fields or six, `*`, `?`, lists, ranges, steps, names, descriptors; nothing beyond it.
 */
export function parseSchedule(text: string): ParsedSchedule {
  const trimmed = text.trim()
  if (trimmed.startsWith('@')) return parseDescriptor(trimmed)
  if (/^(?:CRON_)?TZ=/.test(trimmed)) return problem('names a time zone, which belongs into timezone')
  const parts = trimmed.split(/\s+/)
  if (trimmed === '' || parts.length < 5 || parts.length > 6)
    return problem(`has ${trimmed === '' ? 0 : parts.length} fields, must have 5, or 6 with seconds first`)
  const six = parts.length === 5 ? ['0', ...parts] : parts
  const pattern: string[] = []
  for (const [index, field] of fields.entries()) {
    const read = parseField(six[index] ?? '', field)
    if (typeof read !== 'string') return problem(read.problem)
    pattern.push(read)
  }
  return { kind: 'schedule', pattern: pattern.join(' ') }
}

function parseDescriptor(text: string): ParsedSchedule {
  const pattern = descriptors[text]
  if (pattern !== undefined) return { kind: 'schedule', pattern }
  if (text.startsWith('@every'))
    return problem('is @every, which is not taken; write fields, such as */5 * * * * for every 5 minutes')
  return problem(`is no descriptor, must be one of ${Object.keys(descriptors).join(', ')}`)
}

type ParsedField = string | { readonly problem: string }

function parseField(text: string, field: Field): ParsedField {
  const ranges: Span[] = []
  // as there: what is empty between two commas is passed over
  const parts = text.split(',').filter((part) => part !== '')
  for (const part of parts.length === 0 ? [text] : parts) {
    const range = parseRange(part, field)
    if ('problem' in range) return range
    ranges.push(range)
  }
  // a step takes the star away: `*/2` restricts, and with a day of the week beside it either may hold
  if (ranges.some(({ star, step }) => star && step === 1)) return '*'
  return field.ofDay ? ranges.map(rangeText).join(',') : list(ranges)
}

function rangeText({ star, from, to, step }: Span): string {
  // a step beyond the end leaves the beginning alone; croner takes none that is longer than the field
  if (step > to - from) return String(from)
  if (step > 1) return star ? `*/${step}` : `${from}-${to}/${step}`
  return `${from}-${to}`
}

function list(ranges: readonly Span[]): string {
  const values = new Set<number>()
  for (const { from, to, step } of ranges)
    for (let value = from; value <= to; value += step) values.add(value)
  return [...values].toSorted((left, right) => left - right).join(',')
}

interface Span {
  readonly star: boolean
  readonly from: number
  readonly to: number
  readonly step: number
}
type Range = Span | { readonly problem: string }

function parseRange(part: string, field: Field): Range {
  const { name, least, most } = field
  const wrong = (why: string): Range => ({ problem: `has the ${name} ${JSON.stringify(part)}, ${why}` })
  const [, first = '', last, stepText] = /^([^-/]+)(?:-([^-/]+))?(?:\/([^-/]+))?$/.exec(part) ?? []
  if (first === '')
    return wrong(`must be *, a number, a range such as ${least}-${least + 3}, or a step such as */2`)
  const step = stepText === undefined ? 1 : number(stepText)
  if (step === undefined || step < 1) return wrong('whose step must be a whole number from 1')
  const star = first === '*' || first === '?'
  if (star && last !== undefined) return wrong('must be a range between two values, or * alone')
  if (star) return { star, from: least, to: most, step }
  const from = valueOf(first, field)
  const end = last === undefined ? (stepText === undefined ? from : most) : valueOf(last, field)
  if (from === undefined || end === undefined) return wrong(`must be ${allowed(field)}`)
  if (from < least || end > most) return wrong(`must be from ${least} to ${most}`)
  return from > end ? wrong('whose end must not be before its beginning') : { star, from, to: end, step }
}

function allowed({ least, most, words }: Field): string {
  return words === undefined
    ? `a number from ${least} to ${most}`
    : `a number from ${least} to ${most}, or a name such as ${words[0]?.toUpperCase()}`
}

function valueOf(text: string, { words, least }: Field): number | undefined {
  const index = words?.indexOf(text.toLowerCase()) ?? -1
  return index === -1 ? number(text) : index + least
}

function number(text: string): number | undefined {
  return /^\+?\d{1,9}$/.test(text) ? Number(text) : undefined
}

function problem(text: string): ParsedSchedule {
  return { kind: 'problem', problem: text }
}

import type { SourceKind, SourceManifest, SourceReport } from '@millrace/source-sdk'
import { parseSchedule } from './schedule.ts'
import { isTimeZone, ticksOf } from './ticks.ts'
import { eventSource, eventType, type PingData } from './to-event.ts'

/** A PingSource's spec with its defaults. */
export interface PingSourceSpec extends PingData {
  readonly schedule: string
  /** An IANA name. */
  readonly timezone: string
}

export const DEPLOYED = 'Deployed'

export const pingSourceKind: SourceKind<PingSourceSpec> = {
  kind: 'PingSource',
  plural: 'pingsources',
  apiVersions: ['sources.knative.dev/v1', 'sources.knative.dev/v1beta2'],
  spec: {
    properties: {
      schedule: { type: 'string' },
      timezone: { type: 'string' },
      contentType: { type: 'string' },
      data: { type: 'string' },
      dataBase64: { type: 'string', format: 'base64', expected: 'text in base64' },
    },
  },
  conditions: [DEPLOYED],
  validate,
  withDefaults: (spec) => ({ schedule: '* * * * *', timezone: 'UTC', ...given(spec) }),
  // data is an event's: what looks like a variable in it is data
  verbatim: (path) => path === 'data' || path === 'dataBase64',
  columns: [
    { heading: 'SCHEDULE', path: 'spec.schedule' },
    { heading: 'LAST', path: 'status.lastScheduleTime' },
    { heading: 'NEXT', path: 'status.nextScheduleTime' },
  ],
  ceAttributes: (named) => [{ type: eventType, source: eventSource(named) }],
}

const token = "[!#$%&'*+.^_`|~0-9A-Za-z-]+"
const quoted = '"(?:[ !#-\\[\\]-~]|\\\\[ -~])*"'
/** RFC 9110, 8.3.1: what datacontenttype may be. */
const mediaType = new RegExp(`^${token}/${token} *(?:; *${token}=(?:${token}|${quoted}) *)*$`)

/** The rules of Knative's PingSource (ping_validation.go). */
function validate({ spec }: SourceManifest, report: SourceReport): void {
  const { schedule = '* * * * *', timezone = 'UTC', contentType, data, dataBase64 } = given(spec)
  const zoned = typeof timezone === 'string' && isTimeZone(timezone)
  if (typeof timezone === 'string' && !zoned) {
    const message = `is ${JSON.stringify(timezone)}, must be a name of the IANA time zone database such as Europe/Paris`
    report({ path: 'timezone', message })
  }
  if (typeof schedule === 'string') checkSchedule(schedule, zoned ? timezone : 'UTC', report)
  if (typeof contentType === 'string' && !mediaType.test(contentType)) {
    const message = `is ${JSON.stringify(contentType)}, must be a media type such as application/json`
    report({ path: 'contentType', message })
  }
  if (data !== undefined && dataBase64 !== undefined)
    report({ path: 'dataBase64', message: 'expected exactly one, got both: data, dataBase64' })
  else if (contentType === 'application/json') checkJson(data, dataBase64, report)
}

/** An empty text is none, as in Knative. */
function given(spec: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(spec).filter(([, value]) => value !== ''))
}

function checkSchedule(schedule: string, timezone: string, report: SourceReport): void {
  const parsed = parseSchedule(schedule)
  if (parsed.kind === 'problem') report({ path: 'schedule', message: parsed.problem })
  else if (ticksOf(schedule, timezone).after(Date.UTC(2000, 0)) === undefined) {
    const message = `is ${JSON.stringify(schedule)}, a time that never comes`
    report({ severity: 'warning', path: 'schedule', message })
  }
}

/** Of `application/json` data must be a JSON object. */
function checkJson(data: unknown, dataBase64: unknown, report: SourceReport): void {
  const [path, text] =
    typeof data === 'string'
      ? ['data', data]
      : ['dataBase64', typeof dataBase64 === 'string' ? Buffer.from(dataBase64, 'base64').toString() : '']
  if (text !== '' && !isJsonObject(text))
    report({ path, message: 'is not a JSON object, which the contentType application/json asks for' })
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
  } catch {
    return false
  }
}

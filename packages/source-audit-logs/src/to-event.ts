import { hash } from 'node:crypto'
import { dataSchema, type FromMessage, type ToEvent } from '@millrace/source-pubsub'
import { asAttributeText, eventOf } from '@millrace/source-sdk'
import type { CloudAuditLogsSourceSpec } from './kind.ts'

/** An entry of a log (Cloud Logging, LogEntry and AuditLog), of which nothing is believed before it is looked at. */
interface LogEntry {
  readonly insertId?: unknown
  readonly logName?: unknown
  readonly timestamp?: unknown
  readonly protoPayload?: {
    readonly serviceName?: unknown
    readonly methodName?: unknown
    readonly resourceName?: unknown
  } | null
}

const auditLog = /^(?<parent>[^/]+\/[^/]+)\/logs\/cloudaudit\.googleapis\.com(?:%2F|\/)(?<log>\w+)$/i

/** The entries that the manifest asks for, as Knative's source has them; the data are the entry as it came. */
export function auditLogEvents(
  wanted: Pick<CloudAuditLogsSourceSpec, 'serviceName' | 'methodName' | 'resourceName'>,
): ToEvent {
  return ({ data }) => {
    const entry = entryIn(data)
    if (entry === undefined) return { malformed: 'it is no entry of a log' }
    const { serviceName, methodName, resourceName = '' } = wanted
    const payload = entry.protoPayload ?? {}
    const asked =
      payload.serviceName === serviceName &&
      payload.methodName === methodName &&
      (resourceName === '' || payload.resourceName === resourceName)
    return asked ? toEvent(entry, data) : { ignored: true }
  }
}

function toEvent({ insertId, logName, timestamp, protoPayload }: LogEntry, data: Uint8Array): FromMessage {
  const { serviceName, methodName, resourceName = '' } = protoPayload ?? {}
  const texts = { insertId, logName, timestamp, serviceName, methodName, resourceName }
  const [missing] = Object.entries(texts).find(([, value]) => typeof value !== 'string') ?? []
  if (missing !== undefined) return { malformed: `the entry has no ${missing}` }
  const { parent = '', log = '' } = auditLog.exec(String(logName))?.groups ?? {}
  if (parent === '') return { malformed: `the entry is of the log ${String(logName)}, which is no audit log` }
  return {
    event: eventOf({
      // as Knative's source makes it: what is stored once does not depend on who reads it
      id: hash('md5', `${String(insertId)}${String(logName)}${String(timestamp)}`),
      source: `//cloudaudit.googleapis.com/${parent}/logs/${log}`,
      type: 'google.cloud.audit.log.v1.written',
      attributes: {
        subject: text(`${String(serviceName)}/${String(resourceName)}`),
        time: String(timestamp),
        dataschema: dataSchema('audit'),
        datacontenttype: 'application/json',
        servicename: text(serviceName),
        methodname: text(methodName),
        resourcename: text(resourceName),
      },
      data,
    }),
  }
}

function text(value: unknown): string {
  return asAttributeText(String(value))
}

function entryIn(data: Uint8Array): LogEntry | undefined {
  try {
    const entry: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(data))
    return typeof entry === 'object' && entry !== null ? entry : undefined
  } catch {
    return undefined
  }
}

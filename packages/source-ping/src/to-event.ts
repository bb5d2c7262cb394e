import { eventOf, uuidOf, type CloudEvent, type Named } from '@millrace/source-sdk'

/** What the events of a PingSource carry. */
export interface PingData {
  readonly contentType?: string
  /** At most one of the two. */
  readonly data?: string
  readonly dataBase64?: string
}

export const eventType = 'dev.knative.sources.ping'

export function eventSource({ namespace, name }: Named): string {
  return `/apis/v1/namespaces/${namespace}/pingsources/${name}`
}

/** A tick's planned instant as RFC 3339 in UTC, whole seconds. */
export function tickText(tick: number): string {
  return new Date(tick).toISOString().replace(/\.\d+Z$/, 'Z')
}

/** The event of a tick: the same from whichever process fires it. */
export function toEvent(named: Named, spec: PingData, tick: number): CloudEvent {
  const { contentType, data, dataBase64 } = spec
  const time = tickText(tick)
  const bytes = dataBase64 === undefined ? data : Buffer.from(dataBase64, 'base64')
  return eventOf({
    id: uuidOf(named.namespace, named.name, time),
    source: eventSource(named),
    type: eventType,
    attributes: { time, datacontenttype: contentType },
    ...(bytes !== undefined && bytes.length > 0 && { data: bytes }),
  })
}

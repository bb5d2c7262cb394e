import type { Attributes } from '@opentelemetry/api'
import type { EventRecord } from '@millrace/core'

/** Semantic conventions: messaging and CloudEvents spans. */
export function eventAttributes(
  { event }: EventRecord,
  operation: { readonly name: string; readonly type: 'receive' | 'send' },
  destination: string,
): Attributes {
  const { id, source, type, specversion, subject } = event.attributes
  return {
    'messaging.system': 'millrace',
    'messaging.operation.name': operation.name,
    'messaging.operation.type': operation.type,
    'messaging.destination.name': destination,
    'messaging.message.id': String(id),
    'messaging.message.body.size': event.data?.length ?? 0,
    'cloudevents.event_id': String(id),
    'cloudevents.event_source': String(source),
    'cloudevents.event_spec_version': String(specversion),
    'cloudevents.event_type': String(type),
    ...(subject !== undefined && { 'cloudevents.event_subject': String(subject) }),
  }
}

/** Semantic conventions: HTTP client spans; of a sink that is no HTTP only where it leads. */
export function requestAttributes(url: string, attempt: number): Attributes {
  if (!isHttp(url)) return { 'url.full': url, ...(attempt > 1 && { 'millrace.attempt': attempt }) }
  const { hostname, port, protocol } = new URL(url)
  return {
    'http.request.method': 'POST',
    'url.full': url,
    'server.address': hostname,
    'server.port': port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port),
    ...(attempt > 1 && { 'http.request.resend_count': attempt - 1 }),
  }
}

export function isHttp(url: string): boolean {
  return /^https?:/.test(url)
}

import { checkEvent, readHttpEvent } from '@millrace/core'
import type { CloudEvent } from '@millrace/source-sdk'
import type { PubSubMessage } from './pubsub-message.ts'

const structured = /^application\/cloudevents\+json\s*(?:;|$)/i

/** What a message carries: an event by the binding, one that is malformed, or something else. */
export type Carried =
  | { readonly kind: 'event'; readonly event: CloudEvent }
  | { readonly kind: 'malformed'; readonly reason: string }
  | { readonly kind: 'other' }

/**
 * Reads an event out of a message (CloudEvents, Pub/Sub protocol binding): binary where an attribute begins with
 * `ce-`, structured where the content type is CloudEvents' own. The ordering key is the event's `partitionkey`
 * where it has none.
 */
export function carriedEvent({ attributes, data, orderingKey }: PubSubMessage): Carried {
  const contentType = attributes['Content-Type'] ?? attributes['content-type']
  if (contentType !== undefined && structured.test(contentType)) {
    const read = readHttpEvent(['content-type', contentType], data)
    if (read.kind === 'problem') return { kind: 'malformed', reason: read.problem.detail }
    const [event] = read.events
    return event === undefined ? { kind: 'other' } : { kind: 'event', event: keyed(event, orderingKey) }
  }
  if (attributes['ce-specversion'] === undefined) return { kind: 'other' }
  const event = keyed(binary(attributes, contentType, data), orderingKey)
  const problem = checkEvent(event)
  return problem === undefined ? { kind: 'event', event } : { kind: 'malformed', reason: problem.detail }
}

function binary(
  attributes: Readonly<Record<string, string>>,
  contentType: string | undefined,
  data: Uint8Array,
): CloudEvent {
  const own = Object.entries(attributes).flatMap(([name, value]) =>
    name.startsWith('ce-') ? [[name.slice(3), value] as const] : [],
  )
  return {
    attributes: bare([
      ...own,
      ...(contentType === undefined ? [] : [['datacontenttype', contentType] as const]),
    ]),
    data: data.length === 0 ? undefined : data,
    dataForm: 'binary',
  }
}

function keyed(event: CloudEvent, orderingKey: string): CloudEvent {
  if (orderingKey === '' || event.attributes['partitionkey'] !== undefined) return event
  return {
    ...event,
    attributes: bare([...Object.entries(event.attributes), ['partitionkey', orderingKey] as const]),
  }
}

/** Attributes have no prototype. */
function bare(entries: readonly (readonly [string, CloudEvent['attributes'][string]])[]) {
  return Object.assign(Object.create(null), Object.fromEntries(entries)) as CloudEvent['attributes']
}

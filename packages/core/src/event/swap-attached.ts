import type { EventRecord } from './event-record.ts'

/**
 * Puts what is attached in the place of the event, and the event in its place: a reply that failed for
 * good into the dead letter of its original, and back when that is redriven. A record without an
 * attachment stays as it is.
 */
export function swapAttached(record: EventRecord): EventRecord {
  const { attached, event, headers, acceptedAt } = record
  if (attached === undefined) return record
  const as = attached.as === 'original' ? 'reply' : 'original'
  return {
    event: attached.event,
    headers: attached.headers,
    acceptedAt: attached.acceptedAt,
    attached: { as, event, headers, acceptedAt },
  }
}

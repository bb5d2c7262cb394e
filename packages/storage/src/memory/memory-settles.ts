import type { FailedAttempt, NewDeadLetter, Settlement, SettleOutcome, SettleResult } from '../storage.ts'
import { appendOne } from './memory-appends.ts'
import type { MemoryImage, StoredDelivery } from './memory-image.ts'

/** Deliveries whose failed attempts are known, so that they do not fill memory in their 30 days. */
const mostAttempted = 10_000

/** Ends one lease and stores what follows from it. */
export function settleOne(image: MemoryImage, item: Settlement, now: number): SettleResult {
  const delivery = image.deliveries.get(item.lease.id)
  if (delivery?.state !== 'leased') return { kind: 'stale' }
  if (item.attempt !== undefined) {
    delivery.attempts += 1
    delivery.firstAttempt ??= item.attempt.at
    addAttempt(image, delivery.id, item.attempt)
  }
  for (const letter of item.deadLetters ?? []) addDeadLetter(image, delivery, letter)
  end(image, delivery, item.outcome, now)
  const appends = (item.appends ?? []).map((append) => appendOne(image, append, now))
  return { kind: 'settled', appends }
}

function end(image: MemoryImage, delivery: StoredDelivery, outcome: SettleOutcome, now: number): void {
  switch (outcome.kind) {
    case 'retry':
      delivery.due = outcome.due
      return image.wait(delivery)
    case 'park':
      if (delivery.key !== undefined) image.park(delivery, delivery.key, now, outcome.details)
      return undefined
    case 'done': {
      const { event, route } = delivery
      if (outcome.end !== undefined && event.archivedUntil !== undefined) event.ends.set(route, outcome.end)
      return image.removeDelivery(delivery)
    }
  }
}

function addAttempt({ attempts }: MemoryImage, id: string, attempt: FailedAttempt): void {
  attempts.set(id, [...(attempts.get(id) ?? []), attempt])
  const [oldest] = attempts.keys()
  if (attempts.size > mostAttempted && oldest !== undefined) attempts.delete(oldest)
}

/** A dead letter has the record of its delivery, unless it brings its own. */
export function addDeadLetter(image: MemoryImage, delivery: StoredDelivery, letter: NewDeadLetter): void {
  const id = String(image.events.next())
  const record = letter.record ?? delivery.event.record ?? new Uint8Array()
  image.deadLetters.set(id, { id, route: letter.route, record, details: letter.details })
  image.events.bytes += record.length
}

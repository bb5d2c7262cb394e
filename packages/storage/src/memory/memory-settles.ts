import type { FailedAttempt, NewDeadLetter, Settlement, SettleResult } from '../storage.ts'
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
  if (item.outcome.kind === 'retry') {
    delivery.due = item.outcome.due
    image.wait(delivery)
  } else image.removeDelivery(delivery)
  const appends = (item.appends ?? []).map((append) => appendOne(image, append, now))
  return { kind: 'settled', appends }
}

function addAttempt({ attempts }: MemoryImage, id: string, attempt: FailedAttempt): void {
  attempts.set(id, [...(attempts.get(id) ?? []), attempt])
  const [oldest] = attempts.keys()
  if (attempts.size > mostAttempted && oldest !== undefined) attempts.delete(oldest)
}

function addDeadLetter(image: MemoryImage, delivery: StoredDelivery, letter: NewDeadLetter): void {
  const id = String(image.next())
  const record = letter.record ?? delivery.event.record ?? new Uint8Array()
  image.deadLetters.set(id, { id, route: letter.route, record, details: letter.details })
  image.bytes += record.length
}

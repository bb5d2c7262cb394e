import type { Expired, Expiry } from '../storage.ts'
import type { MemoryHandle } from './memory-handle.ts'

/** Removes what is older than the cut-off times, and what the archive need not or may not keep any longer. */
export function expireMemory(handle: MemoryHandle, before: Expiry): Expired {
  const { image } = handle
  const expired = { deadLetters: 0, orphans: 0, attempts: 0, archived: expireArchive(handle, before) }
  for (const [id, letter] of image.deadLetters) {
    if (letter.details.lastAttempt >= (before.deadLetters ?? 0)) continue
    image.deadLetters.delete(id)
    image.events.bytes -= letter.record.length
    expired.deadLetters += 1
  }
  for (const { route, orphanedSince } of image.routes.values())
    if (orphanedSince !== undefined && orphanedSince < (before.orphans ?? 0))
      expired.orphans += handle.dropIdle(route)
  for (const [id, attempts] of image.attempts) {
    const kept = attempts.filter((attempt) => attempt.at >= (before.attempts ?? 0))
    expired.attempts += attempts.length - kept.length
    if (kept.length > 0) image.attempts.set(id, kept)
    else image.attempts.delete(id)
  }
  for (const [key, until] of image.dedupe) if (until <= handle.now()) image.dedupe.delete(key)
  return expired
}

function expireArchive({ image, now }: MemoryHandle, { archives }: Expiry): number {
  let expired = 0
  const limits = new Map(archives?.map(({ owner, maxBytes }) => [owner, maxBytes]))
  const kept = new Map<string, number>()
  for (const event of [...image.events.all()].toReversed()) {
    if (event.archivedUntil === undefined) continue
    const bytes = (kept.get(event.owner) ?? 0) + event.bytes
    kept.set(event.owner, bytes)
    if (event.archivedUntil > now() && bytes <= (limits.get(event.owner) ?? Infinity)) continue
    image.events.unarchive(event)
    expired += 1
  }
  return expired
}

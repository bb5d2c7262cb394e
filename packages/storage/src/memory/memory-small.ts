import type { Archive, Checkpoints, Expired, Expiry, Singletons } from '../storage.ts'
import type { MemoryHandle } from './memory-handle.ts'

/** Archived events by owner, in order of their numbers. */
export function memoryArchive(handle: MemoryHandle): Archive {
  return {
    scan: (owner, after, limit) =>
      handle.commit(() => {
        const found = []
        for (const event of handle.image.events.values()) {
          if (found.length === limit) break
          if (event.owner !== owner || event.archivedUntil === undefined || event.record === undefined)
            continue
          if (event.number > Number(after ?? 0))
            found.push({ cursor: String(event.number), record: event.record })
        }
        return found
      }),
  }
}

export function memoryCheckpoints(handle: MemoryHandle): Checkpoints {
  const { checkpoints } = handle.image
  return {
    get: (key) => handle.commit(() => checkpoints.get(key)),
    put: (key, value) => handle.commit(() => void checkpoints.set(key, value.slice())),
    delete: (key) => handle.commit(() => void checkpoints.delete(key)),
  }
}

export function memorySingletons(handle: MemoryHandle): Singletons {
  const { singletons } = handle.image

  function acquire(name: string, holder: string, ttlMs: number): number | undefined {
    const now = handle.now()
    const known = singletons.get(name)
    if (known !== undefined && known.until > now && known.holder !== holder) return undefined
    const token = (known?.token ?? 0) + 1
    singletons.set(name, { holder, token, until: now + ttlMs })
    return token
  }

  function extend(name: string, token: number, until: number): boolean {
    const known = singletons.get(name)
    if (known?.token !== token || known.until <= handle.now()) return false
    known.until = until
    return true
  }

  return {
    acquire: (name, holder, ttlMs) => handle.commit(() => acquire(name, holder, ttlMs)),
    renew: (name, token, ttlMs) => handle.commit(() => extend(name, token, handle.now() + ttlMs)),
    release: (name, token) => handle.commit(() => void extend(name, token, 0)),
  }
}

/** Removes what is older than the cut-off times, and what the archive need not keep any longer. */
export function expireMemory(handle: MemoryHandle, before: Expiry): Expired {
  const { image } = handle
  const now = handle.now()
  const expired = { deadLetters: 0, orphans: 0, attempts: 0, archived: 0 }
  for (const [id, letter] of image.deadLetters) {
    if (letter.details.lastAttempt >= (before.deadLetters ?? 0)) continue
    image.deadLetters.delete(id)
    image.bytes -= letter.record.length
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
  for (const event of image.events.values()) {
    if (event.archivedUntil === undefined || event.archivedUntil > now) continue
    event.archivedUntil = undefined
    expired.archived += 1
    image.sweepEvent(event)
  }
  for (const [key, until] of image.dedupe) if (until <= now) image.dedupe.delete(key)
  return expired
}

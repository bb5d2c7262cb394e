import type { Archive, ArchivedEvent } from '../storage.ts'
import type { StoredEvent } from './memory-events.ts'
import type { MemoryHandle } from './memory-handle.ts'

const mostFound = 100

/** Archived events in order of their numbers. */
export function memoryArchive(handle: MemoryHandle): Archive {
  function archived(limit: number, isMeant: (event: StoredEvent) => boolean): ArchivedEvent[] {
    const found: ArchivedEvent[] = []
    for (const event of handle.image.events.all()) {
      if (found.length === limit) break
      const { number, owner, record, archivedUntil } = event
      if (archivedUntil === undefined || record === undefined || !isMeant(event)) continue
      const ends = [...event.ends]
        .toSorted(([a], [b]) => a - b)
        .map(([route, end]) => ({ delivery: `${number}-${route}`, route, ...end }))
      found.push({ cursor: String(number), owner, record, ends })
    }
    return found
  }

  return {
    scan: (owner, after, limit) =>
      handle.commit(() =>
        archived(limit, (event) => event.owner === owner && event.number > Number(after ?? 0)),
      ),
    find: (eventId) => handle.commit(() => archived(mostFound, (event) => event.eventId === eventId)),
  }
}

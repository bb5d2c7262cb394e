import { assertKnownRoute } from '../known-routes.ts'
import type { DeadLetter, DeadLetterQuery, DeadLetterStore } from '../storage.ts'
import type { MemoryHandle } from './memory-handle.ts'

export function memoryDeadLetters(handle: MemoryHandle): DeadLetterStore {
  const { image } = handle

  function list(query: DeadLetterQuery): DeadLetter[] {
    const found: DeadLetter[] = []
    for (const letter of image.deadLetters.values()) {
      if (found.length === query.limit) break
      if (query.after !== undefined && Number(letter.id) <= Number(query.after)) continue
      if (matches(letter, query)) found.push(letter)
    }
    return found
  }

  function remove(letter: DeadLetter): void {
    image.deadLetters.delete(letter.id)
    image.events.bytes -= letter.record.length
  }

  function redrive(items: Parameters<DeadLetterStore['redrive']>[0]): string[] {
    for (const { route } of items) assertKnownRoute(route, image.known)
    const there: string[] = []
    for (const item of items) {
      const letter = image.deadLetters.get(item.id)
      if (letter === undefined) continue
      remove(letter)
      const event = image.events.add(item.owner, item.record ?? letter.record, handle.now(), item.archive)
      image.addDelivery(event, { route: item.route, due: handle.now(), key: item.key })
      there.push(item.id)
    }
    handle.wake([...new Set(items.map((item) => item.route))])
    return there
  }

  function drop(ids: readonly string[]): number {
    const there = ids.map((id) => image.deadLetters.get(id)).filter((letter) => letter !== undefined)
    for (const letter of there) remove(letter)
    return there.length
  }

  return {
    list: (query) => handle.commit(() => list(query)),
    get: (id) => handle.commit(() => image.deadLetters.get(id)),
    redrive: (items) => handle.commit(() => redrive(items)),
    drop: (ids) => handle.commit(() => drop([...new Set(ids)])),
  }
}

function matches(letter: DeadLetter, query: DeadLetterQuery): boolean {
  return (
    (query.routes === undefined || query.routes.includes(letter.route)) &&
    (query.type === undefined || letter.details.type === query.type) &&
    (query.since === undefined || letter.details.lastAttempt >= query.since)
  )
}

import { assertKnownRoutes } from '../known-routes.ts'
import type { ParkedEnd, ParkedKey, ParkedKeys, ParkedQuery, RouteNumber, SettleResult } from '../storage.ts'
import { appendOne } from './memory-appends.ts'
import type { MemoryHandle } from './memory-handle.ts'
import { addDeadLetter } from './memory-settles.ts'

export function memoryParked(handle: MemoryHandle): ParkedKeys {
  const { image } = handle

  function list(query: ParkedQuery): ParkedKey[] {
    const found: ParkedKey[] = []
    for (const { route } of image.routes.values()) {
      if (query.routes !== undefined && !query.routes.includes(route)) continue
      const { parked, keys } = image.queueOf(route)
      for (const [key, { delivery, since, details }] of parked) {
        if (query.key !== undefined && query.key !== key) continue
        const waiting = keys.get(key)?.size ?? 0
        const { record } = delivery.event
        found.push({ route, key, delivery: delivery.id, waiting, since, details, record })
      }
    }
    return found.toSorted((a, b) => a.since - b.since).slice(0, query.limit)
  }

  function release(route: RouteNumber, key: string): boolean {
    const parked = image.queueOf(route).parked.get(key)
    if (parked === undefined) return false
    image.unpark(parked, key, handle.now())
    handle.wake([route])
    return true
  }

  function skip(
    { route, key, delivery: id }: Parameters<ParkedKeys['skip']>[0],
    end: ParkedEnd,
  ): SettleResult {
    assertKnownRoutes(end.appends ?? [], image.known)
    const { delivery } = image.queueOf(route).parked.get(key) ?? {}
    if (delivery?.id !== id) return { kind: 'stale' }
    for (const letter of end.deadLetters ?? []) addDeadLetter(image, delivery, letter)
    image.removeDelivery(delivery)
    handle.wake([route])
    return {
      kind: 'settled',
      appends: (end.appends ?? []).map((append) => appendOne(image, append, handle.now())),
    }
  }

  return {
    list: (query) => handle.commit(() => list(query)),
    release: (route, key) => handle.commit(() => release(route, key)),
    skip: (parked, end) => handle.commit(() => skip(parked, end)),
  }
}

import { decodeRecordHead, recordHead } from '../record.ts'
import type { DeliveryQuery, DeliveryStore, ListedDelivery } from '../storage.ts'
import type { MemoryHandle } from './memory-handle.ts'
import type { StoredDelivery } from './memory-image.ts'

export function memoryDeliveries(handle: MemoryHandle): DeliveryStore {
  const { image } = handle

  function list(query: DeliveryQuery): Awaited<ReturnType<DeliveryStore['list']>> {
    const items: ListedDelivery[] = []
    const { limit, after, data } = query
    for (const delivery of [...image.deliveries.values()].toSorted(inOrder)) {
      if (after !== undefined && inOrder(delivery, placeOf(after)) <= 0) continue
      if (!matches(delivery, query)) continue
      if (items.length === limit) return { items, next: items.at(-1)?.id }
      items.push(listed(delivery, data === true))
    }
    return { items, next: undefined }
  }

  function cancel(ids: readonly string[]): string[] {
    const there = [...new Set(ids)].flatMap((id) => image.deliveries.get(id) ?? [])
    const cancelled = there.filter(({ state }) => state !== 'leased')
    for (const delivery of cancelled) image.removeDelivery(delivery)
    handle.wake([...new Set(cancelled.map(({ route }) => route))])
    return cancelled.map(({ id }) => id)
  }

  return {
    list: (query) => handle.commit(() => list(query)),
    cancel: (ids) => handle.commit(() => cancel(ids)),
  }
}

type Place = Pick<StoredDelivery, 'route'> & { readonly event: { readonly number: number } }

function placeOf(id: string): Place {
  const [event, route] = id.split('-').map(Number) as [number, number]
  return { event: { number: event }, route }
}

function inOrder(a: Place, b: Place): number {
  return a.event.number - b.event.number || a.route - b.route
}

function matches({ route, key, event }: StoredDelivery, query: DeliveryQuery): boolean {
  return (
    (query.routes === undefined || query.routes.includes(route)) &&
    (query.key === undefined || query.key === key) &&
    (query.eventId === undefined || query.eventId === eventIdOf(event.record))
  )
}

function eventIdOf(record: Uint8Array | undefined): unknown {
  try {
    return record === undefined ? undefined : decodeRecordHead(record).event.attributes.id
  } catch {
    return undefined
  }
}

function listed(delivery: StoredDelivery, data: boolean): ListedDelivery {
  const { id, route, state, key, due, attempts, firstAttempt, event } = delivery
  const { number, owner, appendedAt, record } = event
  return {
    id,
    route,
    event: String(number),
    owner,
    state: state === 'gone' ? 'waiting' : state,
    key,
    due,
    attempts,
    firstAttempt,
    appendedAt,
    record: record === undefined || data ? record : recordHead(record),
  }
}

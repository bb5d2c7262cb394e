import type { Archive, ArchivedEnd, ArchivedEvent, DeliveryEnd } from '@millrace/storage'
import { script } from './command.ts'
import { deliveryId } from './event-id.ts'
import { list, pairs, text } from './reply.ts'
import { ask } from './store.ts'
import type { Store } from './store.ts'

const mostFound = 100

export function archive(store: Store): Archive {
  function read(key: string, after: string, most: number): Promise<readonly ArchivedEvent[]> {
    const { prefix } = store.keys
    return ask(
      store,
      () => script('archive', [key], [prefix, after, most]),
      (value) => list(value).map((each) => eventOf(list(each))),
    )
  }
  return {
    scan: (owner, after, limit) => read(store.keys.of(`archive:${owner}`), after ?? '', limit),
    find: (eventId) => read(store.keys.of(`archive-event:${eventId}`), '', mostFound),
  }
}

function eventOf([id, fields]: readonly unknown[]): ArchivedEvent {
  const cursor = text(id)
  const known = new Map(pairs(fields))
  const record = known.get('record')
  const ends: ArchivedEnd[] = [...known]
    .filter(([name]) => /^\d+$/.test(name))
    .map(([name, json]) => {
      const route = Number(name)
      return { delivery: deliveryId(cursor, route), route, ...(JSON.parse(text(json)) as DeliveryEnd) }
    })
  return {
    cursor,
    owner: text(known.get('owner')),
    record: Buffer.isBuffer(record) ? new Uint8Array(record) : new Uint8Array(),
    ends: ends.toSorted((a, b) => a.route - b.route),
  }
}

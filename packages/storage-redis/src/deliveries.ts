import { decodeRecordHead } from '@millrace/storage'
import type { DeliveryQuery, DeliveryStore, ListedDelivery } from '@millrace/storage'
import { script } from './command.ts'
import { deliveryId, deliveryKey } from './event-id.ts'
import { list, numberOrNone, text } from './reply.ts'
import { ask } from './store.ts'
import type { Store } from './store.ts'

const eventsAtOnce = 500
const fieldsOfDelivery = 11

export function deliveries(store: Store): DeliveryStore {
  const { keys } = store

  /** Where deliveries are: outside logs, and in the log of each process. */
  async function places(): Promise<readonly (readonly [what: 'events' | 'log', ...names: string[]])[]> {
    const args = [keys.of('members')]
    const names = await ask(
      store,
      () => ({ name: 'hkeys', args }),
      (value) => list(value).map(text),
    )
    const logs = names.flatMap((name) => {
      const { log, taken, marks } = keys.process(name)
      return [['log', log, marks] as const, ['log', taken, marks] as const]
    })
    return [['events', keys.of('events')], ...logs]
  }

  /** The first of one place behind `after`, in order, one more than asked for where there are more. */
  async function firstOf(
    [what, ...names]: readonly ['events' | 'log', ...string[]],
    query: DeliveryQuery,
  ): Promise<ListedDelivery[]> {
    const { routes, key, eventId, limit, data } = query
    const after = query.after === undefined ? undefined : deliveryKey(query.after)
    const found: ListedDelivery[] = []
    let from = after?.event ?? ''
    for (let isOut = false; ; isOut = true) {
      const args = [
        keys.prefix,
        what,
        from,
        isOut ? 1 : 0,
        eventsAtOnce,
        eventId === undefined ? '' : JSON.stringify(eventId),
        data === true ? 1 : 0,
        key === undefined ? 0 : 1,
        key ?? '',
        ...(routes === undefined ? [0] : [1, ...routes]),
      ]
      const [last, ...fields] = await ask(store, () => script('list-deliveries', names, args), list)
      for (let n = 0; n + fieldsOfDelivery <= fields.length; n += fieldsOfDelivery) {
        const delivery = deliveryOf(fields.slice(n, n + fieldsOfDelivery))
        const isBehind =
          after === undefined || inOrder(delivery, { event: after.event, route: after.route }) > 0
        if (isBehind && (eventId === undefined || eventIdOf(delivery.record) === eventId))
          found.push(delivery)
      }
      from = text(last)
      if (from === '' || found.length > limit) return found
    }
  }

  return {
    async list(query) {
      if (query.routes?.length === 0) return { items: [], next: undefined }
      const each = []
      for (const place of await places()) each.push(await firstOf(place, query))
      const all = each.flat().toSorted(inOrder)
      const items = all.slice(0, query.limit)
      return { items, next: all.length > items.length ? items.at(-1)?.id : undefined }
    },
    async cancel(ids) {
      const asked = [...new Set(ids)].flatMap((id) => {
        const key = deliveryKey(id)
        return key === undefined ? [] : [{ id, ...key }]
      })
      if (asked.length === 0) return []
      const args = asked.flatMap(({ event, route }) => [event, route])
      const done = await ask(store, () => script('cancel', [keys.of('events')], [keys.prefix, ...args]), list)
      const cancelled = asked.filter((_, n) => done[n] === 1)
      store.wake([...new Set(cancelled.map(({ route }) => route))])
      return cancelled.map(({ id }) => id)
    },
  }
}

function deliveryOf(fields: readonly unknown[]): ListedDelivery {
  const [event, number, owner, state, due, attempts, first, hasKey, key, at, record] = fields
  const route = Number(text(number))
  return {
    id: deliveryId(text(event), route),
    route,
    event: text(event),
    owner: text(owner),
    state: text(state) as ListedDelivery['state'],
    key: text(hasKey) === '1' ? text(key) : undefined,
    due: Number(text(due)),
    attempts: Number(text(attempts)),
    firstAttempt: numberOrNone(first),
    appendedAt: Number(text(at)),
    record: Buffer.isBuffer(record) ? new Uint8Array(record) : undefined,
  }
}

function inOrder(
  a: Pick<ListedDelivery, 'event' | 'route'>,
  b: Pick<ListedDelivery, 'event' | 'route'>,
): number {
  if (a.event === b.event) return a.route - b.route
  return a.event < b.event ? -1 : 1
}

function eventIdOf(record: Uint8Array | undefined): unknown {
  try {
    return record === undefined ? undefined : decodeRecordHead(record).event.attributes.id
  } catch {
    return undefined
  }
}

import { assertKnownRoutes, decodeRecordHead, recordHead } from '@millrace/storage'
import type { DeliveryQuery, DeliveryStore, ListedDelivery, ParkedKeys, RouteNumber } from '@millrace/storage'
import { appendResults, type AnswerContext } from './answers.ts'
import { deliveryKey } from './lease-id.ts'
import type { OtherCalls, OtherName } from './wire.ts'

type Call = <N extends OtherName>(
  name: N,
  args: OtherCalls[N]['args'],
  now?: number,
) => Promise<OtherCalls[N]['answer']>

/** What waits, listed in steps so that commits come in between. */
export function sqliteDeliveries(call: Call): DeliveryStore {
  async function list(query: DeliveryQuery): ReturnType<DeliveryStore['list']> {
    const items: ListedDelivery[] = []
    for (let { after } = query; ;) {
      const limit = query.limit - items.length
      const step = await call('listDeliveries', {
        ...query,
        limit,
        ...(after === undefined ? {} : { after }),
      })
      for (const item of step.items) if (isMeant(item, query)) items.push(shown(item, query))
      after = step.at
      if (after === undefined || items.length >= query.limit) return { items, next: after }
    }
  }

  return { list, cancel: (ids) => call('cancelDeliveries', ids) }
}

/** The worker finds what may have this id; here it is read. */
function isMeant({ record }: ListedDelivery, { eventId }: DeliveryQuery): boolean {
  if (eventId === undefined) return true
  try {
    return record !== undefined && decodeRecordHead(record).event.attributes.id === eventId
  } catch {
    return false
  }
}

function shown(item: ListedDelivery, { data }: DeliveryQuery): ListedDelivery {
  if (data === true || item.record === undefined) return item
  return { ...item, record: recordHead(item.record) }
}

export interface ParkedParts {
  readonly call: Call
  readonly known: ReadonlySet<RouteNumber>
  readonly now: () => number
  readonly answering: (now: number) => AnswerContext
}

export function sqliteParked({ call, known, now, answering }: ParkedParts): ParkedKeys {
  return {
    list: (query) => call('listParked', query),
    release: (route, key) => call('releaseParked', [route, key]),
    async skip({ route, key, delivery }, end) {
      const { appends = [] } = end
      assertKnownRoutes(appends, known)
      const at = now()
      const [event] = deliveryKey(delivery)
      const codes = await call('skipParked', { route, key, event, end }, at)
      if (codes === undefined) return { kind: 'stale' }
      return { kind: 'settled', appends: appendResults(appends, codes, 0, answering(at)) }
    },
  }
}

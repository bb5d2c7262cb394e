import { isSourceError, type Emission, type SourceContext } from '@millrace/source-sdk'
import type { KafkaSourceSpec } from '../kind.ts'
import type { KafkaRecord } from '../record/kafka-record.ts'
import { plainEvent } from '../record/plain-record.ts'
import { KEY_TYPE, type KeyType } from '../record/record-key.ts'
import { toEvent } from '../to-event.ts'
import type { StoredPosition } from './stored-position.ts'

type Context = Pick<
  SourceContext<KafkaSourceSpec>,
  'namespace' | 'name' | 'labels' | 'spec' | 'emit' | 'status'
>

/** Hands the records of a partition over as events, those that are not stored yet; resolves when the store has them. */
export type StoreRecords = (position: StoredPosition, records: readonly KafkaRecord[]) => Promise<void>

export function storeRecords(context: Context): StoreRecords {
  const ordered = context.spec.ordering === 'ordered'
  const keyType = (context.labels[KEY_TYPE] ?? 'string') as KeyType

  return store

  async function store(position: StoredPosition, records: readonly KafkaRecord[]): Promise<void> {
    for (let left = position.unknown(records); left.length > 0; left = position.unknown(left)) {
      try {
        await emit(position, left, left.map(emissionOf))
      } catch (err) {
        if (!isMalformed(err)) throw err
        // one of them cannot be taken: they go one by one, that one with the reason
        if (left.length === 1) await emit(position, left, left.map(withReason((err as Error).message)))
        else for (const record of left) await store(position, [record])
      }
    }
  }

  function emit(
    position: StoredPosition,
    records: readonly KafkaRecord[],
    emissions: readonly Emission[],
  ): Promise<void> {
    return position.behind(records, (advance) => context.emit(emissions, advance))
  }

  function emissionOf(record: KafkaRecord): Emission {
    const { event, malformed } = toEvent(context, record, keyType)
    if (malformed !== undefined) malformedAt(record, malformed)
    return ordered ? { event, order: orderOf(record) } : { event }
  }

  function withReason(reason: string): (record: KafkaRecord) => Emission {
    return (record) => {
      malformedAt(record, reason)
      const event = plainEvent(context, record, keyType, reason)
      return ordered ? { event, order: orderOf(record) } : { event }
    }
  }

  function malformedAt({ topic, partition, offset }: KafkaRecord, reason: string): void {
    context.status.problem('malformed', `${topic}/${partition}/${offset}: ${reason}`)
  }
}

function orderOf({ topic, partition }: KafkaRecord): string {
  return `${topic}/${partition}`
}

function isMalformed(err: unknown): boolean {
  return isSourceError(err) && err.problem === 'malformed'
}

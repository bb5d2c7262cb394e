import { isSourceError, type Emission, type SourceContext } from '@millrace/source-sdk'
import type { KafkaSourceSpec } from '../kind.ts'
import type { KafkaRecord } from '../record/kafka-record.ts'
import { plainEvent } from '../record/plain-record.ts'
import { KEY_TYPE, type KeyType } from '../record/record-key.ts'
import { toEvent } from '../to-event.ts'

/** Longer than what is read again stays uncommitted: positions follow within a second, and at each stop. */
const dedupeMs = 24 * 3_600_000

type Context = Pick<
  SourceContext<KafkaSourceSpec>,
  'namespace' | 'name' | 'labels' | 'spec' | 'emit' | 'status'
>

/** Hands records over as events, each known by its place; resolves when the store has them. */
export function storeRecords(
  context: Context,
  epoch: string,
): (records: readonly KafkaRecord[]) => Promise<void> {
  const ordered = context.spec.ordering === 'ordered'
  const keyType = (context.labels[KEY_TYPE] ?? 'string') as KeyType

  return async function store(records) {
    try {
      await context.emit(records.map(emissionOf))
    } catch (err) {
      if (!isMalformed(err)) throw err
      // one of them cannot be taken: they go one by one, that one with the reason
      for (const record of records) await storeOne(record)
    }
  }

  async function storeOne(record: KafkaRecord): Promise<void> {
    const emission = emissionOf(record)
    try {
      await context.emit(emission)
    } catch (err) {
      if (!isMalformed(err)) throw err
      const reason = (err as Error).message
      context.status.problem('malformed', `${placeOf(record)}: ${reason}`)
      await context.emit({ ...emission, event: plainEvent(context, record, keyType, reason) })
    }
  }

  function emissionOf(record: KafkaRecord): Emission {
    const { event, malformed } = toEvent(context, record, keyType)
    if (malformed !== undefined) context.status.problem('malformed', `${placeOf(record)}: ${malformed}`)
    // the time tells a topic from another one of its name that was there before
    const known = { event, dedupe: `${epoch}${placeOf(record)}/${record.timestampMs}`, dedupeMs }
    return ordered ? { ...known, order: `${record.topic}/${record.partition}` } : known
  }
}

function placeOf({ topic, partition, offset }: KafkaRecord): string {
  return `${topic}/${partition}/${offset}`
}

function isMalformed(err: unknown): boolean {
  return isSourceError(err) && err.problem === 'malformed'
}

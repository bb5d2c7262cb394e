import { isSourceError, SourceError, type RunContext } from '@millrace/source-sdk'
import type { KafkaClient, KafkaClientFactory } from '../client/kafka-client.ts'
import { KafkaError, type KafkaFault } from '../client/kafka-error.ts'
import { connectionOf } from '../connection.ts'
import { CONNECTION_ESTABLISHED, groupOf, type KafkaSourceSpec } from '../kind.ts'
import { beginningsOf, KnownPartitions, rememberPartitions } from './beginnings.ts'
import { Reader } from './reader.ts'
import { storeRecords } from './store-records.ts'

/** How often topics and their ends are looked at. */
const watchMs = 5_000

type Context = RunContext<KafkaSourceSpec>

const reasons: Readonly<Record<KafkaFault, string>> = {
  authentication: 'AuthenticationFailed',
  authorization: 'NotAuthorized',
  certificate: 'CertificateRefused',
  topic: 'TopicMissing',
  record: 'KafkaFailed',
  address: 'AddressUnreachable',
  other: 'KafkaFailed',
}
/** What only people mend is asked for less often. */
const patienceMs: Readonly<Record<KafkaFault, number>> = {
  authentication: 15_000,
  authorization: 15_000,
  certificate: 15_000,
  topic: 5_000,
  record: 5_000,
  address: 2_000,
  other: 5_000,
}

/** Reads the topics until the signal aborts. */
export async function consume(context: Context, clientOf: KafkaClientFactory): Promise<void> {
  const { spec, status, clock, signal } = context
  const group = groupOf(context, spec)
  status.set({ consumerGroup: group })
  if (spec.consumers === 0) {
    status.condition(CONNECTION_ESTABLISHED, 'Unknown', 'Stopped', 'consumers is 0, nothing is read')
    return clock.until(Infinity, signal)
  }
  const client = clientOf(connectionOf(context))
  try {
    // a topic that came or went: all members join anew
    while (!signal.aborted) await readTopics(context, client, group)
  } catch (err) {
    if (signal.aborted) return
    const error = sourceError(err)
    status.set({ lastFailure: `${new Date(clock.now()).toISOString().slice(0, 19)}Z ${error.reason}` })
    throw error
  } finally {
    await client.close()
  }
}

/** Reads those of the topics that are there; resolves when that has changed. */
async function readTopics(context: Context, client: KafkaClient, group: string): Promise<void> {
  const { spec, status, clock, checkpoint, signal } = context
  const known = new KnownPartitions(checkpoint)
  const there = await present()
  const positions = { client, group, known, initialOffset: spec.initialOffset }
  const ended = new AbortController()
  const during = AbortSignal.any([signal, ended.signal])
  const failure = Promise.withResolvers<never>()
  // it may come when nobody waits for it any more
  failure.promise.catch(() => undefined)
  const unassigned = new Set<number>()
  const readers: Reader[] = []
  try {
    for (let number = 0; number < spec.consumers && there.length > 0; number += 1) {
      unassigned.add(number)
      const reader = new Reader({
        group,
        topics: there,
        checkpoint,
        move: (advance) => context.emit([], advance),
        store: storeRecords(context),
        beginnings: (assigned) => beginningsOf(assigned, positions),
        assigned: () => {
          unassigned.delete(number)
          if (unassigned.size === 0) void allAssigned().catch(failure.reject)
        },
        failed: failure.reject,
      })
      readers.push(reader)
      await Promise.race([client.join(reader), failure.promise])
    }
    await Promise.race([watch(), failure.promise])
  } finally {
    ended.abort()
    await Promise.all(readers.map((reader) => reader.stop()))
  }

  /** Takes note of those that are missing: when they come they are read from their beginning. */
  async function present(): Promise<readonly string[]> {
    const counts = await client.partitions(spec.topics)
    const missing = spec.topics.filter((topic) => !counts.has(topic))
    for (const topic of missing) await known.put(topic, 0)
    if (missing.length > 0)
      status.condition(CONNECTION_ESTABLISHED, 'False', 'TopicMissing', topicsMissing(missing, spec))
    return [...counts.keys()]
  }

  async function allAssigned(): Promise<void> {
    await rememberPartitions(there, positions)
    if (there.length === spec.topics.length && !during.aborted)
      status.condition(CONNECTION_ESTABLISHED, 'True')
    show()
  }

  async function watch(): Promise<void> {
    while (!during.aborted) {
      await clock.until(clock.now() + watchMs, during)
      if (during.aborted) return
      const now = await present()
      if (now.join() !== there.join()) return
      const ends = (await Promise.all(there.map((topic) => client.offsets(topic, 'latest')))).flat()
      for (const reader of readers) reader.ends(ends)
      show()
    }
  }

  function show(): void {
    const all = readers.flatMap((reader) => reader.partitions)
    const lag = all.reduce((sum, { offset, end }) => sum + Math.max(0, end - offset), 0)
    status.lag(lag)
    status.set({ partitions: all.length, lag, positions: all })
  }
}

function topicsMissing(missing: readonly string[], { bootstrapServers }: KafkaSourceSpec): string {
  const named = missing.length === 1 ? `the topic ${missing[0]}` : `the topics ${missing.join(', ')}`
  return `Kafka at ${bootstrapServers.join(', ')} does not have ${named}, create it; it is looked for every ${watchMs / 1_000} s`
}

function sourceError(err: unknown): SourceError {
  if (isSourceError(err)) return err
  const fault = err instanceof KafkaError ? err.fault : 'other'
  const message = err instanceof Error ? err.message : String(err)
  return SourceError.retryable(message, {
    cause: err,
    condition: CONNECTION_ESTABLISHED,
    reason: reasons[fault],
    afterMs: patienceMs[fault],
  })
}

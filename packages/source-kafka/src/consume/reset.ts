import { SourceError, type ResetContext, type ResetStep } from '@millrace/source-sdk'
import type { KafkaClientFactory, Place } from '../client/kafka-client.ts'
import { connectionOf } from '../connection.ts'
import { groupOf, type KafkaSourceSpec } from '../kind.ts'
import { beginAt } from './stored-position.ts'

/** Moves the group's positions, by a plan; only while nobody reads. */
export async function reset(
  context: ResetContext<KafkaSourceSpec>,
  to: string,
  apply: boolean,
  clientOf: KafkaClientFactory,
): Promise<readonly ResetStep[]> {
  const { spec, checkpoint } = context
  const group = groupOf(context, spec)
  if (spec.consumers > 0)
    throw SourceError.terminal('it reads: set consumers to 0 first, reset it, then set them as they were')
  const client = clientOf(connectionOf(context))
  try {
    const members = await client.members(group)
    if (members > 0)
      throw SourceError.terminal(`the group ${group} has ${members} members elsewhere, stop them first`)
    const place: Place = to === 'earliest' || to === 'latest' ? to : Date.parse(to)
    const there = await client.partitions(spec.topics)
    const committed = await client.committed(group, [...there.keys()])
    const targets = (await Promise.all([...there.keys()].map((topic) => client.offsets(topic, place)))).flat()
    targets.sort((left, right) => left.topic.localeCompare(right.topic) || left.partition - right.partition)
    const steps = targets.map(({ topic, partition, offset }) => ({
      what: `${topic}/${partition}`,
      from: committed.find((each) => each.topic === topic && each.partition === partition)?.offset,
      to: offset,
    }))
    if (apply) {
      // what is read from there on is stored again
      for (const target of targets) await beginAt(checkpoint, target, target.offset)
      await client.commit(group, targets)
    }
    return steps
  } finally {
    await client.close()
  }
}

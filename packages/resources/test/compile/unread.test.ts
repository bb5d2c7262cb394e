import { describe, expect, it } from 'vitest'
import { formatFinding } from '../../src/index.ts'
import { broker, channel, compileWhole, documents, flow, subscription, trigger } from '../read-text.ts'

async function warningsOf(...texts: readonly string[]): Promise<string[]> {
  return (await compileWhole(documents(...texts))).findings.map(formatFinding)
}

const subscriber = 'subscriber: {uri: "http://x/"}'

describe('what nothing reads', () => {
  it('a Broker without a Trigger and a channel without a Subscription are warned of', async () => {
    expect(await warningsOf(broker('b'), channel('c'), channel('k', '{}', 'KafkaChannel'))).toEqual([
      'warning -:3: b: metadata.name: nothing reads this Broker: it takes events and drops them; declare a Trigger of it, or leave it out',
      'warning -:8: c: metadata.name: nothing reads this Channel: it takes events and drops them; declare a Subscription of it, or leave it out',
      'warning -:13: k: metadata.name: nothing reads this KafkaChannel: it takes events and drops them; declare a Subscription of it, or leave it out',
    ])
  })

  it('what somebody reads is not, and neither is a flow', async () => {
    const read = [
      broker('b'),
      trigger(`broker: b\n${subscriber}`),
      channel('c'),
      subscription(subscriber),
      flow('Sequence', 'steps: [{uri: "http://x/"}]'),
    ]
    expect(await warningsOf(...read)).toEqual([])
  })
})

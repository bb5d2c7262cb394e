import { TestHost, TestStore } from '@millrace/source-sdk/conformance'
import { googleMissing } from '@millrace/testkit'
import { expect, onTestFinished, test, vi } from 'vitest'
import { source } from '../src/index.ts'
import { project, pubSubAtHand, topic } from './pubsub-at-hand.ts'

const patience = { timeout: 15_000 }

test.skipIf(googleMissing !== undefined)(
  `messages of one key are stored in its order, whatever comes twice ${googleMissing ?? ''}`,
  async () => {
    const at = await pubSubAtHand()
    const store = new TestStore()
    const http = () => Promise.reject(new Error('there is nobody'))
    const host = new TestHost({ source, manifest: { spec: { topic, project } }, store, http })
    host.start()
    onTestFinished(async () => {
      await host.stop()
      await at[Symbol.asyncDispose]()
    })
    await vi.waitFor(() => expect(host.conditions.get('TopicReady')?.status).toBe('True'), patience)
    await at.fake.faults({ again: 0.2 })
    const to = at.client.topic(topic, { messageOrdering: true })
    const numbers = Array.from({ length: 20 }, (_, n) => n)
    await Promise.all(
      numbers.flatMap((n) =>
        ['a', 'b'].map((orderingKey) => to.publishMessage({ orderingKey, data: Buffer.from(`${n}`) })),
      ),
    )
    await vi.waitFor(() => expect(store.events).toHaveLength(40), patience)
    for (const key of ['a', 'b']) {
      const ofKey = store.events.filter(({ attributes }) => attributes['partitionkey'] === key)
      const order = ofKey.map(({ data }) => {
        const { message } = JSON.parse(Buffer.from(data ?? []).toString()) as { message: { data: string } }
        return Number(Buffer.from(message.data, 'base64').toString())
      })
      expect(order).toEqual(numbers)
    }
  },
)

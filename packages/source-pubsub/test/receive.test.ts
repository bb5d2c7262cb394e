import { getEventListeners } from 'node:events'
import { TestClock } from '@millrace/source-sdk/conformance'
import { googleMissing } from '@millrace/testkit'
import { describe, expect, test } from 'vitest'
import { receive } from '../src/feed/receive.ts'
import { pubSubAtHand, topic } from './pubsub-at-hand.ts'

describe.skipIf(googleMissing !== undefined)(`receiving ${googleMissing ?? ''}`, () => {
  test('that ends by an error leaves nothing at the signal, which outlives it', async () => {
    await using at = await pubSubAtHand()
    await at.client.createSubscription(topic, 'read', { ackDeadlineSeconds: 10 })
    await at.publish(1)
    const { signal } = new AbortController()
    const received = receive({
      pubsub: at.client,
      subscription: 'read',
      ackDeadlineSeconds: 10,
      clock: new TestClock(),
      signal,
      take: () => Promise.reject(new Error('it cannot be taken')),
      opened: () => undefined,
      lost: () => undefined,
    })
    await expect(received).rejects.toThrow('it cannot be taken')
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })
})

import type { Message } from '@google-cloud/pubsub'
import { topic, type PubSubAtHand } from '../pubsub-at-hand.ts'

/** A subscription that keeps the order of keys, with what it has received so far. */
export async function topicReader({ client }: PubSubAtHand) {
  const [subscription] = await client.createSubscription(topic, 'reader', { enableMessageOrdering: true })
  const received: Message[] = []
  subscription.on('message', (message: Message) => {
    received.push(message)
    message.ack()
  })
  // while nobody is there it tries again by itself
  subscription.on('error', () => undefined)
  return { received, [Symbol.asyncDispose]: () => subscription.close() }
}

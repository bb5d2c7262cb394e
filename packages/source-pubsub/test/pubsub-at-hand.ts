import type { PubSub } from '@google-cloud/pubsub'
import { pubSubFake, type PubSubFake } from '@millrace/testkit'
import { vi } from 'vitest'
import { openPubSub } from '../src/cloud/client.ts'

/** A fake of Pub/Sub that the environment leads to, with a topic and a client of the test's own. */
export interface PubSubAtHand extends AsyncDisposable {
  readonly fake: PubSubFake
  readonly client: PubSub
  /** → the messages' ids */
  publish(count: number): Promise<readonly string[]>
}

export const project = 'acme-test'
export const topic = 'orders'

export async function pubSubAtHand(): Promise<PubSubAtHand> {
  const fake = await pubSubFake()
  vi.stubEnv('PUBSUB_EMULATOR_HOST', fake.host)
  const client = await openPubSub({ projectId: project, emulated: true, origin: 'the test' })
  await client.createTopic(topic)
  return {
    fake,
    client,
    publish: (count) =>
      Promise.all(
        Array.from({ length: count }, (_, index) =>
          client.topic(topic).publishMessage({ data: Buffer.from(`{"n":${index}}`) }),
        ),
      ),
    async [Symbol.asyncDispose]() {
      await client.close()
      vi.unstubAllEnvs()
      await fake[Symbol.asyncDispose]()
    },
  }
}

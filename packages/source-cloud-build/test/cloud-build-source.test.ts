import { sourceConformance, type TestHost } from '@millrace/source-sdk/conformance'
import { googleMissing } from '@millrace/testkit'
import { describe, expect, vi } from 'vitest'
import { project, pubSubAtHand } from '../../source-pubsub/test/pubsub-at-hand.ts'
import { source } from '../src/index.ts'

const topic = 'cloud-builds'

describe.skipIf(googleMissing !== undefined)(`against a fake of Pub/Sub ${googleMissing ?? ''}`, () => {
  sourceConformance('CloudBuildSource', {
    source,
    async open() {
      const at = await pubSubAtHand()
      await at.client.createTopic(topic)
      const attributes = { buildId: 'ae83b4d2', status: 'SUCCESS' }
      return {
        manifest: { spec: { project } },
        async happen(count, host) {
          await subscribed(host)
          const data = Buffer.from('{"id":"ae83b4d2","status":"SUCCESS"}')
          return Promise.all(
            Array.from({ length: count }, () => at.client.topic(topic).publishMessage({ data, attributes })),
          )
        },
        again: () => at.fake.expire(),
        away: () => at.fake.kill(),
        back: () => at.fake.start(),
        [Symbol.asyncDispose]: () => at[Symbol.asyncDispose](),
      }
    },
    badCredentials: (manifest) => ({ ...manifest, spec: { project: 'expired-credentials' } }),
  })
})

async function subscribed(host: TestHost): Promise<void> {
  await vi.waitFor(() => expect(host.conditions.get('TopicReady')?.status).toBe('True'), { timeout: 5_000 })
}

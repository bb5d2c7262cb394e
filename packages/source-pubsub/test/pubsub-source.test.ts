import { sourceConformance, type TestHost } from '@millrace/source-sdk/conformance'
import { googleMissing } from '@millrace/testkit'
import { describe, expect, vi } from 'vitest'
import { source } from '../src/index.ts'
import { project, pubSubAtHand, topic } from './pubsub-at-hand.ts'

describe.skipIf(googleMissing !== undefined)(`against a fake of Pub/Sub ${googleMissing ?? ''}`, () => {
  sourceConformance('CloudPubSubSource', {
    source,
    async open() {
      const at = await pubSubAtHand()
      return {
        manifest: { spec: { topic, project } },
        // a subscription has what was published after it was made
        async happen(count, host) {
          await subscribed(host)
          return at.publish(count)
        },
        again: () => at.fake.expire(),
        away: () => at.fake.kill(),
        back: () => at.fake.start(),
        [Symbol.asyncDispose]: () => at[Symbol.asyncDispose](),
      }
    },
    pulls: true,
    badCredentials: (manifest) => ({ ...manifest, spec: { topic, project: 'expired-credentials' } }),
  })
})

async function subscribed(host: TestHost): Promise<void> {
  await vi.waitFor(() => expect(host.conditions.get('TopicReady')?.status).toBe('True'), { timeout: 5_000 })
}

import { hash } from 'node:crypto'
import { sourceConformance, type TestHost } from '@millrace/source-sdk/conformance'
import { googleMissing } from '@millrace/testkit'
import { describe, expect, vi } from 'vitest'
import { project, pubSubAtHand } from '../../source-pubsub/test/pubsub-at-hand.ts'
import { source } from '../src/index.ts'
import { entry } from './published-entry.ts'

const topic = 'millrace-default-tested'
const { serviceName, methodName } = entry.protoPayload

describe.skipIf(googleMissing !== undefined)(`against a fake of Pub/Sub ${googleMissing ?? ''}`, () => {
  sourceConformance('CloudAuditLogsSource', {
    source,
    async open() {
      const at = await pubSubAtHand()
      let entries = 0
      return {
        manifest: { spec: { project, serviceName, methodName } },
        async happen(count, host) {
          await subscribed(host)
          const sent = Array.from({ length: count }, () => ({ ...entry, insertId: `e-${(entries += 1)}` }))
          for (const each of sent)
            await at.client.topic(topic).publishMessage({ data: Buffer.from(JSON.stringify(each)) })
          return sent.map(({ insertId, logName, timestamp }) => hash('md5', insertId + logName + timestamp))
        },
        again: () => at.fake.expire(),
        away: () => at.fake.kill(),
        back: () => at.fake.start(),
        [Symbol.asyncDispose]: () => at[Symbol.asyncDispose](),
      }
    },
    badCredentials: (manifest) => ({
      ...manifest,
      spec: { serviceName, methodName, project: 'expired-credentials' },
    }),
  })
})

async function subscribed(host: TestHost): Promise<void> {
  await vi.waitFor(() => expect(host.conditions.get('SinkReady')?.status).toBe('True'), { timeout: 5_000 })
}

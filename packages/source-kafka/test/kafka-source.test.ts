import { defineSource, type DefinedSource } from '@millrace/source-sdk'
import { sourceConformance, type TestManifest, type Upstream } from '@millrace/source-sdk/conformance'
import { eventually, kafkaMissing, sharedKafka } from '@millrace/testkit'
import { describe } from 'vitest'
import { consume } from '../src/consume/consume.ts'
import { reset } from '../src/consume/reset.ts'
import { source, type KafkaSourceSpec } from '../src/index.ts'
import { platformaticClient } from './client/platformatic-client.ts'

const timeout = 60_000

/** A topic of its own, read with a user and a password. */
async function topicOfThree(): Promise<Upstream> {
  const kafka = await sharedKafka()
  const topic = await kafka.topics.create(3)
  let written = 0
  return {
    manifest: {
      name: topic,
      spec: {
        bootstrapServers: [kafka.sasl],
        topics: [topic],
        initialOffset: 'earliest',
        net: {
          sasl: { enable: true, user: selector('user'), password: selector('password') },
        },
      },
      secrets: { kafka: { user: kafka.user.username, password: kafka.user.password } },
    },
    async happen(count, host) {
      await eventually(() => host.conditions.has('ConnectionEstablished'), { timeoutMs: 30_000 })
      const ids = Array.from({ length: count }, () => `${topic}-${(written += 1)}`)
      const headers = (id: string) => ({
        ce_specversion: '1.0',
        ce_id: id,
        ce_source: '/tests',
        ce_type: 'test.happened',
      })
      await kafka.topics.write(
        topic,
        ids.map((id) => ({ key: id, value: id, headers: headers(id) })),
      )
      return ids
    },
    [Symbol.asyncDispose]: async () => undefined,
  }
}

function selector(key: string): object {
  return { secretKeyRef: { name: 'kafka', key } }
}

function withPassword(manifest: TestManifest): TestManifest {
  const { kafka } = manifest.secrets ?? {}
  return { ...manifest, secrets: { kafka: { ...kafka, password: 'quite-another' } } }
}

/** The same source, on another client behind the one interface. */
const onAnotherClient = defineSource<KafkaSourceSpec>({
  ...source,
  run: (context) => consume(context, platformaticClient),
  reset: (context, to, apply) => reset(context, to, apply, platformaticClient),
})

describe.skipIf(kafkaMissing !== undefined)('on a real Kafka', { timeout }, () => {
  for (const [client, of] of Object.entries({ kafkajs: source, '@platformatic/kafka': onAnotherClient }))
    sourceConformance(`KafkaSource, on ${client}`, {
      source: of as unknown as DefinedSource,
      open: topicOfThree,
      badCredentials: withPassword,
      mostOutstanding: 1_000,
      without: {
        'resumes after upstream was away': 'one broker serves all tests, the outage is a test of its own',
      },
    })
})

import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  eventually,
  exchange,
  kafkaMissing,
  receiver,
  sharedKafka,
  startMillrace,
  tempDir,
  type ReceivedRequest,
} from '@millrace/testkit'
import { beforeAll, describe, expect, test } from 'vitest'
import { kafkaSource } from '../e2e/fixture/kafka.ts'
import { broker, document, trigger } from '../e2e/fixture/manifests.ts'
import { brokerUrl } from '../e2e/fixture/producing.ts'
import { built, ecosystems, missingTools, start } from './ecosystems.ts'
import { knownDifferences } from './known-differences.ts'
import { comparable, samplesFile, samplesFor, type ShownEvent } from './samples.ts'

/** A record as the program prints and reads it, in base64. */
interface ShownRecord {
  readonly key: string | null
  readonly value: string | null
  readonly headers: Readonly<Record<string, string>>
}

const python = ecosystems.find(({ name }) => name === 'Python') ?? expect.fail()
const missing = [...missingTools(python), ...(kafkaMissing === undefined ? [] : [kafkaMissing])]
const modes = ['binary', 'structured']
const expected = modes.flatMap(samplesFor)

describe.skipIf(missing.length > 0)(
  'the CloudEvents SDK for Python, over a topic of Kafka',
  { timeout: 180_000 },
  () => {
    let folder = ''

    beforeAll(async () => {
      folder = await built(python)
    }, 300_000)

    async function said<Line>(args: readonly string[]): Promise<Line[]> {
      const program = start(python, folder, args)
      let text = ''
      program.stdout?.setEncoding('utf8').on('data', (piece: string) => (text += piece))
      expect(await once(program, 'close')).toEqual([0, null])
      return text
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Line)
    }

    test('the records that it makes are read as the events that they are', async () => {
      const kafka = await sharedKafka()
      await using sink = await receiver()
      const topic = await kafka.topics.create(2)
      const records = await said<ShownRecord>(['to-kafka', samplesFile])
      await kafka.topics.write(
        topic,
        records.map(({ key, value, headers }) => ({
          key: bytes(key),
          value: bytes(value),
          headers: Object.fromEntries(
            Object.entries(headers).map(([name, text]) => [name, Buffer.from(text, 'base64')]),
          ),
        })),
      )
      const manifests = kafkaSource('s', { bootstrapServers: [kafka.plain], topics: [topic], sink: sink.url })
      await using millrace = await startMillrace({ manifests })
      await sink.received(expected.length, { timeoutMs: 60_000 })
      expectSame('sends', sink.requests.map(delivered))
      expect(millrace.stderr).not.toContain('malformed')
    })

    test('it reads the records that KafkaSink makes', async () => {
      const kafka = await sharedKafka()
      await using home = await tempDir()
      const seen: ShownEvent[] = []
      for (const mode of modes) {
        const topic = await kafka.topics.create()
        const sink = document({
          apiVersion: 'eventing.knative.dev/v1alpha1',
          kind: 'KafkaSink',
          metadata: { name: 'k' },
          spec: { topic, bootstrapServers: [kafka.plain], contentMode: mode },
        })
        const ref = { apiVersion: 'eventing.knative.dev/v1alpha1', kind: 'KafkaSink', name: 'k' }
        await using millrace = await startMillrace({ manifests: broker() + trigger('t', { ref }) + sink })
        const samples = samplesFor(mode)
        for (const { attributes, data } of samples) {
          const body = JSON.stringify({ ...attributes, ...(data !== undefined && { data_base64: data }) })
          const headers = { 'content-type': 'application/cloudevents+json' }
          const answer = await eventually(() => exchange('POST', brokerUrl(millrace), { headers, body }))
          expect(answer.status).toBe(202)
        }
        const records = await kafka.topics.read(topic, samples.length)
        const file = join(home.path, `${mode}.json`)
        await writeFile(
          file,
          JSON.stringify(
            records.map(({ key, value, headers }) => ({
              key: key?.toString('base64') ?? null,
              value: value?.toString('base64') ?? null,
              headers: Object.fromEntries(
                Object.entries(headers).map(([name, text]) => [name, Buffer.from(text).toString('base64')]),
              ),
            })),
          ),
        )
        seen.push(...(await said<ShownEvent>(['from-kafka', file])))
      }
      expectSame('receives', seen)
    })
  },
)

function bytes(text: string | null): Buffer | null {
  return text === null ? null : Buffer.from(text, 'base64')
}

/** A delivery in binary mode, without the place in the topic. */
function delivered({ rawHeaders, headers, body }: ReceivedRequest): ShownEvent {
  const attributes: Record<string, string> = {}
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const [name = '', value = ''] = [rawHeaders[index]?.toLowerCase(), rawHeaders[index + 1]]
    if (name.startsWith('ce-') && !name.startsWith('ce-knativekafka'))
      attributes[name.slice(3)] = decodeURIComponent(value)
  }
  const type = headers['content-type']
  if (type !== undefined) attributes['datacontenttype'] = type
  return body.length === 0 ? { attributes } : { attributes, data: body.toString('base64') }
}

/** The same events, but for what the SDK is known to change. */
function expectSame(when: 'sends' | 'receives', seen: readonly ShownEvent[]): void {
  const byId = new Map(seen.map((event) => [event.attributes['id'], event]))
  for (const event of expected) {
    const { id = '', time } = event.attributes
    const known = knownDifferences.filter(
      (one) => one.ecosystem === 'Python' && one.when === when && one.id === id,
    )
    const wanted = {
      ...comparable(event),
      ...Object.fromEntries(known.map(({ attribute, value }) => [attribute, value])),
      ...(time === undefined && { time: expect.any(String) as string }),
    }
    const got = byId.get(id)
    expect({ id, event: got === undefined ? undefined : comparable(got) }).toEqual({ id, event: wanted })
  }
}

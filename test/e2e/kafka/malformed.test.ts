import { eventually, kafkaMissing, receiver, sharedKafka, startMillrace } from '@millrace/testkit'
import { expect, test } from 'vitest'
import { deadLetters } from '../fixture/admin.ts'
import { kafkaSource } from '../fixture/kafka.ts'
import { broker, trigger } from '../fixture/manifests.ts'
import { sourceStatus } from '../fixture/sources.ts'

const patient = { timeoutMs: 60_000 }
const event = { ce_specversion: '1.0', ce_source: '/s', ce_type: 't' }

test.skipIf(kafkaMissing !== undefined)(
  'records that claim to be CloudEvents and are none go on, or are dead letters where the annotation says so; none holds up what is behind it',
  { timeout: 120_000 },
  async () => {
    const kafka = await sharedKafka()
    await using sink = await receiver()
    const topic = await kafka.topics.create()
    await kafka.topics.write(topic, [
      { value: 'first', headers: { ...event, ce_id: 'first' } },
      { value: 'bad', headers: event },
      { value: 'last', headers: { ...event, ce_id: 'last' } },
    ])
    const at = { bootstrapServers: [kafka.plain], topics: [topic] }
    const aside = { annotations: { 'millrace.dev/on-malformed': 'dead-letter' } }
    const letters = { deadLetterSink: { uri: `${sink.url}letters` } }
    const toBroker = { ref: { apiVersion: 'eventing.knative.dev/v1', kind: 'Broker', name: 'default' } }
    await using millrace = await startMillrace({
      manifests:
        broker() +
        trigger('t', { uri: `${sink.url}broker` }) +
        kafkaSource('plain', { ...at, sink: `${sink.url}plain` }) +
        kafkaSource('aside', { ...at, sink: `${sink.url}aside` }, aside) +
        kafkaSource('into', { ...at, sink: toBroker, delivery: letters }, aside),
    })
    await sink.path('/plain').received(3, patient)
    await sink.path('/aside').received(2, patient)
    await sink.path('/broker').received(2, patient)
    await sink.path('/letters').received(1, patient)
    const bodies = (path: string) => sink.path(path).requests.map(({ body }) => String(body))
    expect(bodies('/plain')).toEqual(['first', 'bad', 'last'])
    expect(bodies('/aside')).toEqual(['first', 'last'])
    expect(bodies('/broker').toSorted()).toEqual(['first', 'last'])
    const reason = 'ce_id is missing'
    expect(sink.path('/plain').requests[1]?.headers).toMatchObject({
      'ce-type': 'dev.knative.kafka.event',
      'ce-millracereason': reason.replaceAll(' ', '%20'),
    })
    const [letter] = sink.path('/letters').requests
    expect(letter?.headers).toMatchObject({
      'ce-type': 'dev.knative.kafka.event',
      'ce-millracereason': reason.replaceAll(' ', '%20'),
      'ce-knativekafkaoffset': '1',
    })
    expect(String(letter?.body)).toBe('bad')
    const rest = await eventually(async () => {
      const found = await deadLetters(millrace)
      expect(found).toHaveLength(1)
      return found
    })
    expect(rest).toMatchObject([{ reason, attempts: 0, destination: `${sink.url}aside` }])
    for (const name of ['plain', 'aside', 'into'])
      await eventually(
        async () =>
          expect(await sourceStatus(millrace, 'KafkaSource', name)).toMatchObject({
            lag: 0,
            positions: [{ offset: 3 }],
          }),
        patient,
      )
  },
)

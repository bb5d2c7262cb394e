import {
  eventually,
  exchange,
  kafkaMissing,
  post,
  receiver,
  runCli,
  sharedKafka,
  startMillrace,
  type KafkaBroker,
} from '@millrace/testkit'
import { beforeAll, describe, expect, test } from 'vitest'
import { deadLetters, settled, trigger as statusOf } from '../fixture/admin.ts'
import { idsIn, kafkaSink, toKafka } from '../fixture/kafka-sink.ts'
import { broker, document, trigger } from '../fixture/manifests.ts'
import { acceptAll, brokerUrl, ids } from '../fixture/producing.ts'
import { otlpReceiver } from '../fixture/otlp-receiver.ts'
import { secret, sourceStatus } from '../fixture/sources.ts'

const timeout = 120_000

/** A condition of a KafkaSink, as `False TopicMissing: …`. */
async function condition(millrace: Parameters<typeof sourceStatus>[0], name: string, type = 'Ready') {
  const { conditions } = await sourceStatus(millrace, 'KafkaSink', name)
  const found = conditions.find((each) => each.type === type)
  return `${found?.status} ${found?.reason ?? ''}: ${found?.message ?? ''}`
}

describe.skipIf(kafkaMissing !== undefined)('a KafkaSink, on a real Kafka', () => {
  let kafka: KafkaBroker

  beforeAll(async () => {
    kafka = await sharedKafka()
  }, timeout)

  test('takes what is posted to it, and what a trigger sends, in both modes', { timeout }, async () => {
    const [binary, structured] = [await kafka.topics.create(), await kafka.topics.create()]
    await using millrace = await startMillrace({
      manifests:
        broker() +
        trigger('t', toKafka('whole')) +
        kafkaSink('plain', binary, kafka.plain) +
        kafkaSink('whole', structured, kafka.plain, { contentMode: 'structured' }),
    })
    const event = { id: 'e', source: '/é', type: 't', partitionkey: 'k', data: { a: 1 } }
    const posted = await post(`${millrace.ingress}/default/plain`, {
      ...event,
      source: '/%C3%A9',
    })
    expect(posted.status).toBe(202)
    expect((await post(`${millrace.ingress}/default/plain`, { id: 'empty' })).status).toBe(202)
    const [first, second] = await kafka.topics.read(binary, 2)
    expect(first).toMatchObject({ key: Buffer.from('k'), value: Buffer.from('{"a":1}') })
    expect(first?.headers).toEqual({
      ce_specversion: '1.0',
      ce_id: 'e',
      ce_source: '/é',
      ce_type: 't',
      ce_partitionkey: 'k',
      'content-type': 'application/json',
    })
    expect(second).toMatchObject({ key: null, value: null })

    expect((await post(brokerUrl(millrace), { ...event, source: '/s' })).status).toBe(202)
    const [whole] = await kafka.topics.read(structured, 1)
    expect(whole?.headers).toEqual({ 'content-type': 'application/cloudevents+json' })
    expect(JSON.parse(String(whole?.value))).toEqual({
      specversion: '1.0',
      id: 'e',
      source: '/s',
      type: 't',
      partitionkey: 'k',
      datacontenttype: 'application/json',
      data: { a: 1 },
    })
    const metrics = (await exchange('GET', `${millrace.admin}/metrics`)).text
    expect(metrics).toContain(
      'millrace_attempts_total{namespace="default",kind="Broker",name="default",trigger="t",to="subscriber",outcome="delivered",code="sent"} 1',
    )
    const { stdout } = await runCli(['get', 'kafkasinks', '--server', millrace.admin])
    expect(stdout).toMatch(/^NAMESPACE +NAME +TOPIC +PARTITIONS +ADDRESS +READY/)
    expect(stdout).toMatch(new RegExp(`plain +${binary} +1 +${millrace.ingress}/default/plain +True`))
  })

  test('a record belongs to the trace of its event', { timeout }, async () => {
    const topic = await kafka.topics.create()
    await using otlp = await otlpReceiver()
    await using millrace = await startMillrace({
      manifests: kafkaSink('k', topic, kafka.plain),
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: otlp.url, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' },
    })
    await acceptAll(`${millrace.ingress}/default/k`, [{ id: 'a' }])
    const [record] = await kafka.topics.read(topic, 1)
    const producer = 4
    await eventually(() => {
      const sent = otlp.spans().find(({ kind }) => kind === producer)
      expect(sent?.attributes['url.full']).toBe(`kafka://${kafka.plain}/${topic}`)
      expect(record?.headers['traceparent']).toBe(`00-${sent?.traceId}-${sent?.spanId}-01`)
    })
  })

  test('takes dead letters and replies', { timeout }, async () => {
    const [letters, replies] = [await kafka.topics.create(), await kafka.topics.create()]
    await using sink = await receiver()
    sink.replyBy(({ headers }) =>
      headers['ce-id'] === 'bad'
        ? 400
        : {
            status: 200,
            headers: { 'ce-specversion': '1.0', 'ce-id': 'r', 'ce-source': '/r', 'ce-type': 'reply' },
          },
    )
    const subscription = {
      apiVersion: 'messaging.knative.dev/v1',
      kind: 'Subscription',
      metadata: { name: 's' },
      spec: {
        channel: { apiVersion: 'messaging.knative.dev/v1', kind: 'Channel', name: 'c' },
        subscriber: { uri: sink.url },
        reply: toKafka('replies'),
        delivery: { retry: 0, deadLetterSink: toKafka('letters') },
      },
    }
    await using millrace = await startMillrace({
      manifests:
        document({ apiVersion: 'messaging.knative.dev/v1', kind: 'Channel', metadata: { name: 'c' } }) +
        document(subscription) +
        kafkaSink('letters', letters, kafka.plain) +
        kafkaSink('replies', replies, kafka.plain),
    })
    await acceptAll(`${millrace.ingress}/default/c`, [{ id: 'good' }, { id: 'bad' }])
    const [letter] = await kafka.topics.read(letters, 1)
    expect(letter?.headers).toMatchObject({
      ce_id: 'bad',
      ce_knativeerrordest: sink.url,
      ce_knativeerrorcode: '400',
    })
    const [reply] = await kafka.topics.read(replies, 1)
    expect(reply?.headers).toMatchObject({ ce_id: 'r', ce_type: 'reply' })
  })

  test(
    'one record that is too large is a dead letter that names the topic; those beside it are not',
    {
      timeout,
    },
    async () => {
      const topic = `small-${process.pid}`
      const configEntries = [{ name: 'max.message.bytes', value: '10000' }]
      await (await kafka.topics.admin()).createTopics({ topics: [{ topic, configEntries }] })
      await using millrace = await startMillrace({
        manifests:
          broker() +
          trigger('t', toKafka('k'), { delivery: { retry: 5 } }) +
          kafkaSink('k', topic, kafka.plain),
      })
      const large = { id: 'large', data: 'x'.repeat(20_000), datacontenttype: 'text/plain' }
      await acceptAll(brokerUrl(millrace), [...ids('a', 100).map((id) => ({ id })), large])
      await settled(millrace)
      expect(
        (await deadLetters(millrace)).map(({ event, attempts, destination }) => [
          event?.['id'],
          attempts,
          destination,
        ]),
      ).toEqual([['large', 1, `kafka://${kafka.plain}/${topic}`]])
      expect((await idsIn(kafka.topics, topic)).toSorted()).toEqual(ids('a', 100).toSorted())
    },
  )

  test(
    'what is sent to a topic that is missing waits; a topic is made where its size is given',
    {
      timeout,
    },
    async () => {
      const [missing, made] = [`missing-${process.pid}`, `made-${process.pid}`]
      await using millrace = await startMillrace({
        manifests:
          broker() +
          trigger('t', toKafka('missing'), { delivery: { retry: 0 } }) +
          kafkaSink('missing', missing, kafka.plain) +
          kafkaSink('made', made, kafka.plain, { numPartitions: 3, replicationFactor: 1 }),
      })
      await acceptAll(brokerUrl(millrace), [{ id: 'a' }])
      await acceptAll(`${millrace.ingress}/default/made`, [{ id: 'b' }])
      await eventually(async () => {
        expect(await condition(millrace, 'missing')).toBe(
          `False TopicMissing: the topic ${missing} is not there at ${kafka.plain}: create it, or set numPartitions, so that it is created; what is sent to it waits`,
        )
        expect(await condition(millrace, 'made')).toBe('True : ')
        expect((await statusOf(millrace, 't')).lastError?.reason).toContain(
          `the topic ${missing} is not there`,
        )
      })
      expect(await sourceStatus(millrace, 'KafkaSink', 'made')).toMatchObject({ partitions: 3 })
      expect(await idsIn(kafka.topics, made)).toEqual(['b'])
      const { stdout } = await runCli(['event', 'a', '--server', millrace.admin])
      expect(stdout).toMatch(new RegExp(`^  t +waiting: the topic ${missing} is not there at `, 'm'))
      await kafka.topics.create(1, missing)
      await settled(millrace, { timeoutMs: 30_000 })
      expect(await idsIn(kafka.topics, missing)).toEqual(['a'])
      expect(await deadLetters(millrace)).toEqual([])
      await eventually(async () => expect(await condition(millrace, 'missing')).toBe('True : '), {
        timeoutMs: 30_000,
      })
    },
  )

  test('SASL and TLS hold by its Secret, and what is wrong is said', { timeout }, async () => {
    const topic = await kafka.topics.create()
    const { username: user, password } = kafka.user
    const sasl = { protocol: 'SASL_PLAINTEXT', 'sasl.mechanism': 'SCRAM-SHA-512', user, password }
    const mutual = { 'ca.crt': kafka.ca, 'user.crt': kafka.client.cert, 'user.key': kafka.client.key }
    const cases = [
      ['scram', kafka.sasl, sasl],
      ['plain', kafka.sasl, { ...sasl, 'sasl.mechanism': 'PLAIN' }],
      ['tls', kafka.tls, { protocol: 'SSL', 'ca.crt': kafka.ca }],
      ['mutual', kafka.mutual, { protocol: 'SSL', ...mutual }],
      ['wrongpass', kafka.sasl, { ...sasl, password: 'n0t-the-one' }],
      ['untrusted', kafka.tls, { protocol: 'SSL' }],
      ['nosecret', kafka.plain, undefined],
    ] as const
    await using millrace = await startMillrace({
      manifests: cases
        .map(
          ([name, address, values]) =>
            kafkaSink(name, topic, address, { auth: { secret: { ref: { name } } } }) +
            (values === undefined ? '' : secret(name, values)),
        )
        .join(''),
    })
    await acceptAll(
      `${millrace.ingress}/default/scram`,
      ['scram'].map((id) => ({ id })),
    )
    for (const name of ['plain', 'tls', 'mutual'])
      await acceptAll(`${millrace.ingress}/default/${name}`, [{ id: name }])
    await eventually(async () =>
      expect((await idsIn(kafka.topics, topic)).toSorted()).toEqual(['mutual', 'plain', 'scram', 'tls']),
    )
    await eventually(async () => {
      expect(await condition(millrace, 'wrongpass')).toMatch(/^False AuthenticationFailed: Kafka at/)
      expect(await condition(millrace, 'untrusted')).toMatch(/^False CertificateRefused: the certificate/)
      expect(await condition(millrace, 'nosecret')).toBe(
        'False SecretMissing: secrets "nosecret" not found, declare it in namespace default',
      )
    })
    expect(millrace.stderr).not.toContain('n0t-the-one')

    // mended while it runs: what waited goes
    await acceptAll(`${millrace.ingress}/default/wrongpass`, [{ id: 'waited' }])
    const mended = cases.map(([name, address]) =>
      kafkaSink(name, topic, address, { auth: { secret: { ref: { name } } } }),
    )
    const secrets = cases.map(([name, , values]) =>
      secret(name, name === 'wrongpass' ? sasl : (values ?? { protocol: 'PLAINTEXT' })),
    )
    await millrace.write('manifests.yaml', mended.join('') + secrets.join(''))
    await eventually(async () => expect(await idsIn(kafka.topics, topic)).toContain('waited'), {
      timeoutMs: 30_000,
    })
    await eventually(async () => expect(await condition(millrace, 'nosecret')).toBe('True : '))
  })
})

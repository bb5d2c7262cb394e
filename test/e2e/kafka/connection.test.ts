import {
  certificate,
  eventually,
  kafkaMissing,
  receiver,
  sharedKafka,
  startMillrace,
  tempDir,
} from '@millrace/testkit'
import { describe, expect, test } from 'vitest'
import { kafkaSource, netOf } from '../fixture/kafka.ts'
import { condition, sourceStatus } from '../fixture/sources.ts'

describe.skipIf(kafkaMissing !== undefined)(
  'KafkaSource and the listeners of a real Kafka',
  { timeout: 120_000 },
  () => {
    test('PLAIN, both SCRAM and TLS, with and without a certificate of ours', async () => {
      const kafka = await sharedKafka()
      await using sink = await receiver()
      const topic = await kafka.topics.create()
      await kafka.topics.write(topic, [{ value: 'hello' }])
      const { username: user, password } = kafka.user
      const { ca: caCert, client } = kafka
      const ways = {
        plain: { at: kafka.sasl, ...netOf('plain', { sasl: { user, password } }) },
        'scram-256': {
          at: kafka.sasl,
          ...netOf('scram-256', { sasl: { user, password, type: 'SCRAM-SHA-256' } }),
        },
        'scram-512': {
          at: kafka.sasl,
          ...netOf('scram-512', { sasl: { user, password, type: 'SCRAM-SHA-512' } }),
        },
        tls: { at: kafka.tls, ...netOf('tls', { tls: { caCert } }) },
        mutual: {
          at: kafka.mutual,
          ...netOf('mutual', { tls: { caCert, cert: client.cert, key: client.key } }),
        },
      }
      const manifests = Object.entries(ways).map(
        ([name, { at, net, manifest }]) =>
          manifest +
          kafkaSource(name, { bootstrapServers: [at], topics: [topic], net, sink: `${sink.url}${name}` }),
      )
      await using millrace = await startMillrace({ manifests: manifests.join('') })
      for (const name of Object.keys(ways)) {
        await sink.path(`/${name}`).received(1)
        await eventually(async () =>
          expect(await condition(millrace, 'KafkaSource', name, 'Ready')).toBe('True'),
        )
      }
    })

    test('what is wrong is said by a condition: authentication, certificate, address, Secret', async () => {
      const kafka = await sharedKafka()
      await using folder = await tempDir()
      const topic = await kafka.topics.create()
      const { username: user, password } = kafka.user
      const stranger = await certificate(folder.path, 'stranger')
      const { ca: caCert } = kafka
      const wrong = {
        password: {
          at: kafka.sasl,
          says: 'AuthenticationFailed',
          ...netOf('a', { sasl: { user, password: 'wr0ng' } }),
        },
        scram: {
          at: kafka.sasl,
          says: 'AuthenticationFailed',
          ...netOf('b', { sasl: { user, password: 'wr0ng', type: 'SCRAM-SHA-512' } }),
        },
        mechanism: {
          at: kafka.sasl,
          says: 'AuthenticationFailed',
          ...netOf('c', { sasl: { user, password, type: 'NTLM' } }),
        },
        authority: {
          at: kafka.tls,
          says: 'CertificateRefused',
          ...netOf('d', { tls: { caCert: stranger.cert } }),
        },
        unknown: { at: kafka.tls, says: 'CertificateRefused', ...netOf('e', { tls: {} }) },
        pem: {
          at: kafka.tls,
          says: 'CertificateRefused',
          ...netOf('f', { tls: { caCert: 'not a certificate' } }),
        },
        client: {
          at: kafka.mutual,
          says: 'CertificateRefused',
          ...netOf('g', { tls: { caCert, cert: stranger.cert, key: stranger.key } }),
        },
        address: { at: '127.0.0.1:1', says: 'AddressUnreachable', net: {}, manifest: '' },
        name: { at: 'kafka.invalid:9092', says: 'AddressUnreachable', net: {}, manifest: '' },
      }
      const manifests = Object.entries(wrong).map(
        ([name, { at, net, manifest }]) =>
          manifest +
          kafkaSource(name, { bootstrapServers: [at], topics: [topic], net, sink: 'http://127.0.0.1:1/' }),
      )
      await using millrace = await startMillrace({ manifests: manifests.join('') })
      for (const [name, { at, says }] of Object.entries(wrong)) {
        await eventually(
          async () =>
            expect(await condition(millrace, 'KafkaSource', name, 'ConnectionEstablished')).toBe(
              `False ${says}`,
            ),
          { timeoutMs: 30_000 },
        )
        const { conditions } = await sourceStatus(millrace, 'KafkaSource', name)
        const ready = conditions.find(({ type }) => type === 'Ready')
        expect(ready).toMatchObject({ status: 'False', reason: says })
        const word = {
          AuthenticationFailed: /authentication|type/,
          CertificateRefused: /certificate/,
          AddressUnreachable: /address/,
        }
        expect(ready?.message).toMatch(word[says as keyof typeof word])
        if (name !== 'mechanism') expect(ready?.message).toContain(at)
      }
      expect(millrace.stderr).not.toContain('wr0ng')
    })

    test('credentials that were wrong are tried again when the Secret changes', async () => {
      const kafka = await sharedKafka()
      await using sink = await receiver()
      const topic = await kafka.topics.create()
      await kafka.topics.write(topic, [{ value: 'hello' }])
      const { username: user, password } = kafka.user
      const { net, manifest } = netOf('kafka', { sasl: { user, password: 'wr0ng' } })
      const source = kafkaSource('s', {
        bootstrapServers: [kafka.sasl],
        topics: [topic],
        net,
        sink: sink.url,
      })
      await using millrace = await startMillrace({
        manifests: { 'secret.yaml': manifest, 'source.yaml': source },
      })
      await eventually(async () =>
        expect(await condition(millrace, 'KafkaSource', 's', 'Ready')).toBe('False AuthenticationFailed'),
      )
      await millrace.write('secret.yaml', netOf('kafka', { sasl: { user, password } }).manifest)
      await sink.received(1)
    })
  },
)

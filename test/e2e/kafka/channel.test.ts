import { readFileSync } from 'node:fs'
import { eventually, kafkaMissing, receiver, runCli, sharedKafka, startMillrace } from '@millrace/testkit'
import { expect, test } from 'vitest'
import { condition } from '../fixture/sources.ts'

function read(file: string): string {
  return readFileSync(new URL(`../../../examples/kafka-channel/${file}`, import.meta.url), 'utf8')
}

test.skipIf(kafkaMissing !== undefined)(
  'examples/kafka-channel: what its README sends goes through the topic, as it is, to every subscription',
  { timeout: 120_000 },
  async () => {
    const kafka = await sharedKafka()
    await using sink = await receiver()
    const topic = `orders-${process.pid}-${Date.now()}`
    const manifests = read('kafka-channel.yaml')
      .replaceAll('127.0.0.1:9092', kafka.plain)
      .replaceAll('http://127.0.0.1:9001/', sink.url)
      .replace('topic: orders', `topic: ${topic}`)
      .replace('topics: [orders]', `topics: [${topic}]`)
    await using millrace = await startMillrace({ manifests })
    const [, to = '', type = '', data = ''] =
      /^npx millrace send --to (\S+) --type (\S+) --data '(.*)'$/m.exec(read('README.md')) ?? []
    const sent = await runCli([
      'send',
      '--server',
      millrace.admin,
      '--to',
      to,
      '--type',
      type,
      '--data',
      data,
    ])
    expect(sent.code).toBe(0)
    for (const path of ['/ship', '/count']) {
      await sink.path(path).received(1, { timeoutMs: 60_000 })
      const [request] = sink.path(path).requests
      expect(request?.headers).toMatchObject({
        'ce-type': type,
        'ce-id': sent.stdout.trim(),
        'ce-knativekafkaoffset': '0',
      })
      expect(String(request?.body)).toBe(data)
    }
    const [record] = await kafka.topics.read(topic, 1)
    expect(record?.headers).toMatchObject({ ce_type: type, ce_id: sent.stdout.trim() })
    await eventually(async () =>
      expect(await condition(millrace, 'KafkaSource', 'from-orders', 'Ready')).toBe('True'),
    )
  },
)

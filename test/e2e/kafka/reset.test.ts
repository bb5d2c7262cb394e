import { eventually, kafkaMissing, receiver, runCli, sharedKafka, startMillrace } from '@millrace/testkit'
import { expect, test } from 'vitest'
import { kafkaSource } from '../fixture/kafka.ts'
import { condition } from '../fixture/sources.ts'

test.skipIf(kafkaMissing !== undefined)(
  'a stopped source is moved by command, with a plan first: what it reads again is stored again',
  { timeout: 120_000 },
  async () => {
    const kafka = await sharedKafka()
    await using sink = await receiver()
    const topic = await kafka.topics.create(2)
    await kafka.topics.write(
      topic,
      Array.from({ length: 6 }, (_, n) => ({ partition: n % 2, value: `${n}` })),
    )
    const at = { bootstrapServers: [kafka.plain], topics: [topic], sink: sink.url }
    const annotated = { annotations: { 'millrace.dev/offset': 'earliest' } }
    const manifests = { 's.yaml': kafkaSource('s', at, annotated) }
    await using millrace = await startMillrace({ manifests })
    await sink.received(6)
    const reset = (...flags: string[]) =>
      runCli(['sources', 'reset', 's', '--server', millrace.admin, ...flags])

    const running = await reset('--yes')
    expect([running.code, running.stderr]).toEqual([1, expect.stringContaining('set consumers to 0 first')])

    await millrace.write('s.yaml', kafkaSource('s', { ...at, consumers: 0 }, annotated))
    await eventually(async () =>
      expect(await condition(millrace, 'KafkaSource', 's', 'Ready')).toBe('Unknown Stopped'),
    )
    const plan = await reset()
    expect(plan.stdout).toMatch(new RegExp(`${topic}/0 +3 +0 +3 again\\n${topic}/1 +3 +0 +3 again`))
    expect(plan.stderr).toContain('nothing is moved yet')
    const moved = await reset('--yes')
    expect([moved.code, moved.stderr]).toEqual([0, expect.stringContaining('reads on from earliest')])

    await millrace.write('s.yaml', kafkaSource('s', at, annotated))
    await sink.received(12, { timeoutMs: 60_000 })
    const bodies = sink.requests.map(({ body }) => String(body)).toSorted()
    expect(bodies).toEqual(Array.from({ length: 6 }, (_, n) => [`${n}`, `${n}`]).flat())
  },
)

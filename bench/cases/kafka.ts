import { eventually, exchange, kafkaBroker, kafkaMissing, type KafkaBroker } from '@millrace/testkit'
import type { Slice } from '../measure/contest.ts'
import { cpuMicroseconds } from '../measure/cpu.ts'
import { foreignLoad } from '../measure/foreign-load.ts'
import { nodeProgram } from '../load/program.ts'
import type { Sink } from '../load/sink.ts'
import type { Rig } from '../rig.ts'
import type { BenchCase } from './bench-case.ts'
import { floorOut } from './floors.ts'

const records = 5_000
const partitions = 4
const value = JSON.stringify({ note: 'x'.repeat(1_013) })

/** From a topic of a real Kafka, records of 1 KB; where Kafka is not prepared (`npm test` does it) there are none. */
export const kafka: readonly BenchCase[] =
  kafkaMissing === undefined
    ? [
        {
          name: 'kafka-durable',
          what: 'a record from a topic into the store',
          reference: 'kafkajs that reads as many',
          unit: 'CPU µs/record',
          // at least 60 % of what kafkajs alone reads
          target: { must: 1.67, aim: 1.67 },
          async open(rig) {
            const sides = await open(rig)
            return { measured: intoStore(sides), reference: raw(sides) }
          },
        },
        {
          name: 'kafka-to-http',
          what: 'a record from a topic to its HTTP sink',
          reference: 'kafkajs that reads it, and undici that posts as many',
          unit: 'CPU µs/record',
          target: { must: 1.5, aim: 1.5 },
          async open(rig) {
            const sides = await open(rig)
            const [reads, posts] = [raw(sides), floorOut(rig)]
            return {
              measured: toSink(sides),
              reference: async (ms) => {
                const [read, posted] = [await reads(ms), await posts(ms)]
                return { ...read, cost: read.cost + posted.cost }
              },
            }
          },
        },
      ]
    : []

interface Sides {
  readonly broker: KafkaBroker
  readonly server: { readonly pid: number; readonly admin: string }
  readonly sink: Sink
  readonly topics: { readonly own: string; readonly raw: string }
  readonly reader: ReturnType<typeof nodeProgram>
}

async function open(rig: Rig): Promise<Sides> {
  const broker = rig.use(await kafkaBroker())
  const sink = await rig.anotherSink()
  const topics = { own: await broker.topics.create(partitions), raw: await broker.topics.create(partitions) }
  const spec = {
    bootstrapServers: [broker.plain],
    topics: [topics.own],
    initialOffset: 'earliest',
    ordering: 'unordered',
    sink: { uri: sink.url('/ok') },
  }
  const source = { apiVersion: 'sources.knative.dev/v1', kind: 'KafkaSource', metadata: { name: 's' }, spec }
  const server = await rig.millrace(JSON.stringify(source))
  const reader = rig.use(nodeProgram('subjects/raw-kafka.ts', broker.plain, topics.raw))
  return { broker, server, sink, topics, reader }
}

async function write({ topics }: KafkaBroker, topic: string): Promise<void> {
  for (let n = 0; n < records; n += 500)
    await topics.write(
      topic,
      Array.from({ length: 500 }, (_, index) => ({ key: `key-${n + index}`, value })),
    )
}

/** Until the store has all of them; then they are delivered, outside of what is measured. */
function intoStore({ broker, server, sink, topics }: Sides): Slice {
  let emitted = 0
  return async () => {
    await sink.gate('closed')
    await sink.reset()
    const foreign = foreignLoad([server.pid])
    const before = cpuMicroseconds(server.pid)
    await write(broker, topics.own)
    emitted += records
    await eventually(async () => (await emittedBy(server.admin)) >= emitted, { timeoutMs: 60_000 })
    const cost = (cpuMicroseconds(server.pid) - before) / records
    const others = foreign()
    await sink.gate('open')
    const { ok } = await sink.answered(records)
    return { cost, accepted: records, expected: records, delivered: ok, foreign: others }
  }
}

async function emittedBy(admin: string): Promise<number> {
  const { text } = await exchange('GET', `${admin}/metrics`)
  return Number(/^millrace_source_emitted_total\{[^}]*\} (\d+)/m.exec(text)?.[1] ?? 0)
}

/** Until the sink has answered all of them. */
function toSink({ broker, server, sink, topics }: Sides): Slice {
  return async () => {
    await sink.reset()
    const foreign = foreignLoad([server.pid, sink.pid])
    const before = cpuMicroseconds(server.pid)
    await write(broker, topics.own)
    const { ok } = await sink.answered(records)
    const cost = (cpuMicroseconds(server.pid) - before) / records
    return { cost, accepted: records, expected: records, delivered: ok, foreign: foreign() }
  }
}

function raw({ broker, topics, reader }: Sides): Slice {
  let wanted = 0
  return async () => {
    const foreign = foreignLoad([reader.pid])
    const before = cpuMicroseconds(reader.pid)
    await write(broker, topics.raw)
    wanted += records
    await reader.ask(String(wanted))
    const cost = (cpuMicroseconds(reader.pid) - before) / records
    return { cost, accepted: records, expected: records, delivered: records, foreign: foreign() }
  }
}

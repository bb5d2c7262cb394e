import { setTimeout as sleep } from 'node:timers/promises'
import { exchange, kafkaBroker, kafkaMissing, type KafkaBroker } from '@millrace/testkit'
import type { Sample, Slice } from '../measure/contest.ts'
import { cpuMicroseconds } from '../measure/cpu.ts'
import { foreignLoad } from '../measure/foreign-load.ts'
import { nodeProgram } from '../load/program.ts'
import type { Sink } from '../load/sink.ts'
import type { Rig } from '../rig.ts'
import type { BenchCase } from './bench-case.ts'
import { floorOut } from './floors.ts'

/** As many as take about a second. */
const records = 30_000
const perRequest = 500
const partitions = 4
const value = JSON.stringify({ note: 'x'.repeat(1_013) })
const messages = Array.from({ length: records }, (_, index) => ({ key: `key-${index}`, value }))
/** The server is asked rarely how far it is: that is not what is measured. */
const askMs = 50
const mostMs = 60_000

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
            return { measured: toSink(sides), reference: oneAfterTheOther(raw(sides), floorOut(rig)) }
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

interface Reading {
  readonly pid: number
  readonly topic: string
  /** Who else works for it. */
  readonly with: readonly number[]
  /** Until all of them are read. */
  readonly done: () => Promise<unknown>
}

/**
 * Both sides read a backlog, whatever the writing takes: it is in the topic before, in a transaction that ends
 * when the clock starts. Else each reads as fast as it is written, a few records at a time.
 */
async function read(
  { topics, pid: brokerPid = 0 }: KafkaBroker,
  { pid, topic, with: others, done }: Reading,
): Promise<Pick<Sample, 'cost' | 'accepted' | 'expected' | 'foreign' | 'perSecond'>> {
  const release = await topics.hold(topic, messages, perRequest)
  const foreign = foreignLoad([pid, brokerPid, ...others])
  const before = cpuMicroseconds(pid)
  const began = performance.now()
  await release()
  await done()
  const perSecond = (records / (performance.now() - began)) * 1_000
  const cost = (cpuMicroseconds(pid) - before) / records
  return { cost, accepted: records, expected: records, foreign: foreign(), perSecond }
}

/** Until the store has all of them; then they are delivered, outside of what is measured. */
function intoStore({ broker, server, sink, topics }: Sides): Slice {
  let emitted = 0
  return async () => {
    await sink.gate('closed')
    await sink.reset()
    emitted += records
    const done = () => hasEmitted(server.admin, emitted)
    const sample = await read(broker, { pid: server.pid, topic: topics.own, with: [sink.pid], done })
    await sink.gate('open')
    const { ok } = await sink.answered(records)
    return { ...sample, delivered: ok }
  }
}

async function hasEmitted(admin: string, count: number): Promise<void> {
  const deadline = performance.now() + mostMs
  while ((await emittedBy(admin)) < count) {
    if (performance.now() > deadline) throw new Error('the store has not taken what is in the topic')
    await sleep(askMs)
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
    const done = () => sink.answered(records)
    const sample = await read(broker, { pid: server.pid, topic: topics.own, with: [sink.pid], done })
    const { ok } = await sink.count()
    return { ...sample, delivered: ok }
  }
}

function raw({ broker, topics, reader }: Sides): Slice {
  let wanted = 0
  return async () => {
    wanted += records
    const done = () => reader.ask(String(wanted))
    const sample = await read(broker, { pid: reader.pid, topic: topics.raw, with: [], done })
    return { ...sample, delivered: records }
  }
}

/** What it costs to do both, in processes of their own. */
function oneAfterTheOther(first: Slice, second: Slice): Slice {
  return async (ms) => {
    const [one, other] = [await first(ms), await second(ms)]
    const perSecond = 1 / (1 / (one.perSecond ?? 0) + 1 / (other.perSecond ?? 0))
    return {
      ...one,
      cost: one.cost + other.cost,
      foreign: Math.max(one.foreign, other.foreign),
      perSecond,
    }
  }
}

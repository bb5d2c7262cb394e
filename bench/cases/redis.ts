import { cpus } from 'node:os'
import type { RedisServer } from '@millrace/testkit'
import { BareXadd } from '../load/bare-xadd.ts'
import { Generator } from '../load/generator.ts'
import { request } from '../load/message.ts'
import type { Slice } from '../measure/contest.ts'
import { foreignLoad } from '../measure/foreign-load.ts'
import type { Rig, Subject } from '../rig.ts'
import { passage, perEvent, plain } from '../traffic.ts'
import type { BenchCase, Target } from './bench-case.ts'
import { broker, trigger } from './manifests.ts'

/** When Redis writes to its disk, and what that may cost the process beside the null relay. */
const syncs = [
  { name: '', fsync: 'none', what: 'no append-only file', target: { must: 1.5, aim: 1.2 } },
  { name: '-everysec', fsync: 'everysec', what: 'appendfsync everysec', target: { must: 1.6, aim: 1.3 } },
  { name: '-always', fsync: 'always', what: 'appendfsync always', target: { must: 1.9, aim: 1.5 } },
] as const
const redisTarget: Target = { must: 3, aim: 1.7 }
/** Two processes, Redis, two generators and the sink need about so many processors to be in nobody's way. */
const coresForTwo = 6

/** A whole broker on Redis: its own CPU, and that of Redis, each beside what does barely the same. */
export const onRedis: readonly BenchCase[] = [...syncs.flatMap(onOne), two()]

function onOne({ name, fsync, what, target }: (typeof syncs)[number]): readonly BenchCase[] {
  return [
    {
      name: `redis${name}`,
      what: `an event of 1 KB, one trigger, on Redis with ${what}`,
      reference: 'null relay',
      unit: 'CPU µs/event',
      target,
      async open(rig) {
        const url = rig.sink.url('/ok')
        const server = await rig.millrace(manifests(url), [], await rig.redis(fsync))
        return {
          measured: perEvent(passage(rig, server, plain)),
          reference: perEvent(passage(rig, await rig.nullRelay([url]), plain)),
        }
      },
    },
    {
      name: `redis-cpu${name}`,
      what: `the same, the CPU of Redis itself`,
      reference: 'bare XADD, pipelines of 100',
      unit: 'CPU µs/event of Redis',
      target: redisTarget,
      async open(rig) {
        const server = await rig.millrace(manifests(rig.sink.url('/ok')), [], await rig.redis(fsync))
        const bare = rig.use(await BareXadd.start(await rig.redis(fsync), plain.message.bytes))
        const run = passage(rig, server, plain)
        return {
          async measured(ms) {
            const one = await run(ms)
            return { ...one, cost: one.redisMicroseconds / one.accepted }
          },
          reference: (ms) => bare.run(ms),
        }
      },
    },
  ]
}

/** As fast as they can: the time for each event, whoever spends it. */
function two(): BenchCase {
  return {
    name: 'redis-two',
    what: `two processes on one Redis (here are ${cpus().length} processors, it takes ${coresForTwo})`,
    reference: 'one process',
    unit: 'µs/event',
    ...(cpus().length >= coresForTwo && { target: { must: 0.59, aim: 0.55 } }),
    async open(rig) {
      const url = rig.sink.url('/ok')
      const redis = await rig.redis('none')
      const served = async (generator: Generator, on: RedisServer): Promise<Served> => {
        return { generator, subject: await rig.millrace(manifests(url), [], on) }
      }
      const other = rig.use(await Generator.start(rig.folder.path))
      const pair = [await served(rig.generator, redis), await served(other, redis)]
      const alone = await served(rig.generator, await rig.redis('none'))
      return { measured: together(rig, pair), reference: together(rig, [alone]) }
    },
  }
}

interface Served {
  readonly generator: Generator
  readonly subject: Subject
}

function together({ sink }: Rig, pairs: readonly Served[]): Slice {
  const bytes = request(plain.message)
  const { connections, rate } = plain
  return async (ms) => {
    await sink.reset()
    const own = pairs.flatMap(({ generator, subject: { pid, redisPid = pid } }) => [
      generator.pid,
      pid,
      redisPid,
    ])
    const foreign = foreignLoad([...new Set([...own, sink.pid])])
    const began = performance.now()
    const sent = await Promise.all(
      pairs.map(({ generator, subject: { port } }) =>
        generator.run({ port, request: bytes, connections, ms, rate, count: 0 }),
      ),
    )
    const accepted = sent.reduce((sum, one) => sum + one.accepted, 0)
    if (sent.some(({ failed }) => failed > 0) || accepted === 0) throw new Error('the traffic failed')
    const received = await sink.answered(accepted)
    const cost = ((performance.now() - began) * 1_000) / accepted
    const delivered = received.ok + received.replied + received.failed
    return { cost, accepted, expected: accepted, delivered, foreign: foreign() }
  }
}

function manifests(url: string): string {
  return broker + trigger({ name: 't', url })
}

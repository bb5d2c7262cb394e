import type { Percentiles } from '../load/generator.ts'
import { passage, plain, type Passage } from '../traffic.ts'
import type { Rig, Subject } from '../rig.ts'
import type { BenchCase } from './bench-case.ts'
import { broker, trigger } from './manifests.ts'

/** A slice has at least so many events, so that its p99 is one of several. */
const shortestMs = 2_000
const rounds = 6

/** From the sending of an event to its arrival, at a fixed rate. */
export const latency: readonly BenchCase[] = [
  latencyCase('rate-1000', 'p50', () => 1_000, { must: 4, aim: 2.5 }),
  latencyCase('rate-1000-p999', 'p999', () => 1_000),
  latencyCase('rate-half', 'p99', half, { must: 4, aim: 2 }),
  latencyCase('rate-half-p999', 'p999', half),
  {
    name: 'rate-1000-cpu',
    what: 'CPU of an event at 1,000 events/s',
    reference: 'null relay',
    unit: 'CPU µs/event',
    rounds,
    async open(rig) {
      const [server, relay] = await sides(rig)
      return contest(rig, server, relay, 1_000, ({ microseconds, accepted }) => microseconds / accepted)
    },
  },
]

function latencyCase(
  name: string,
  which: keyof Percentiles,
  rateOf: (rig: Rig, server: Subject) => number | Promise<number>,
  target?: BenchCase['target'],
): BenchCase {
  const rate = name.startsWith('rate-half') ? 'half of the maximum' : '1,000 events/s'
  return {
    name,
    what: `${which} from sending to arrival at ${rate}`,
    reference: 'null relay at the same rate',
    unit: `ms ${which}`,
    rounds,
    ...(target === undefined ? {} : { target }),
    async open(rig) {
      const [server, relay] = await sides(rig)
      return contest(rig, server, relay, await rateOf(rig, server), (one) => one.latency[which])
    },
  }
}

async function sides(rig: Rig): Promise<readonly [Subject, Subject]> {
  const url = rig.sink.url('/ok')
  return [await rig.millrace(broker + trigger({ name: 't', url })), await rig.nullRelay([url])]
}

function contest(
  rig: Rig,
  server: Subject,
  relay: Subject,
  rate: number,
  cost: (passage: Passage) => number,
) {
  const side = (subject: Subject) => {
    const run = passage(rig, subject, { ...plain, rate })
    return async (ms: number) => {
      const one = await run(Math.max(ms, shortestMs))
      return { ...one, cost: cost(one) }
    }
  }
  return { measured: side(server), reference: side(relay) }
}

/** Half of what the server delivers when it is saturated. */
async function half(rig: Rig, server: Subject): Promise<number> {
  const saturated = passage(rig, server, plain)
  await saturated(1_000)
  const begun = performance.now()
  const { delivered } = await saturated(1_000)
  return Math.round(((delivered / (performance.now() - begun)) * 1_000) / 2)
}

import { anEvent } from '../load/message.ts'
import type { Rig } from '../rig.ts'
import { passage, perEvent, plain, type Traffic } from '../traffic.ts'
import type { BenchCase } from './bench-case.ts'
import { floorIn } from './floors.ts'
import { broker, trigger } from './manifests.ts'
import { waitingIn } from './waiting.ts'

const cpu = 'CPU µs/event'
const bare = 'R_in, node:http that answers 202'
const batch: Traffic = { ...plain, message: { ...anEvent, mode: 'batch', events: 100 }, connections: 8 }

/** What taking events costs where nothing is delivered. */
export const ingress: readonly BenchCase[] = [
  {
    name: 'no-trigger',
    what: 'an event that nothing matches: read, checked, answered',
    reference: bare,
    unit: cpu,
    async open(rig) {
      const server = await rig.millrace(broker)
      return {
        measured: perEvent(passage(rig, server, { ...plain, deliveries: 0 })),
        reference: await floorIn(rig),
      }
    },
  },
  {
    name: 'stored',
    what: 'an event that is accepted and stored, and not delivered',
    reference: bare,
    unit: cpu,
    target: { must: 1.8, aim: 1.4 },
    async open(rig) {
      return { measured: await stored(rig, plain), reference: await floorIn(rig) }
    },
  },
  {
    name: 'batch-100',
    what: 'each event of a batch of 100, stored',
    reference: 'one binary event in a request of its own, stored',
    unit: cpu,
    target: { must: 0.25, aim: 0.12 },
    async open(rig) {
      return { measured: await stored(rig, batch), reference: await stored(rig, plain) }
    },
  },
]

/** Its one trigger's subscriber does not resolve: what is accepted waits in the store, and is counted there. */
async function stored(rig: Rig, traffic: Traffic) {
  const server = await rig.millrace(broker + trigger({ name: 't' }))
  const run = perEvent(passage(rig, server, { ...traffic, deliveries: 0 }))
  let before = 0
  return async (ms: number) => {
    const sample = await run(ms)
    const waiting = await waitingIn(server, 't')
    const delivered = waiting - before
    before = waiting
    return { ...sample, expected: sample.accepted, delivered }
  }
}

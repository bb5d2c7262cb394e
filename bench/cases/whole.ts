import { anEvent } from '../load/message.ts'
import { passage, perDelivery, perEvent, plain, type Traffic } from '../traffic.ts'
import type { BenchCase, Target } from './bench-case.ts'
import { floorOut } from './floors.ts'
import { broker, trigger } from './manifests.ts'

const relay = 'null relay'
const cpu = 'CPU µs/event'

/** A whole broker beside a relay that stores nothing: accept, store, deliver, settle. */
export const whole: readonly BenchCase[] = [
  throughRelay('whole', 'an event of 1 KB, binary, one trigger, saturated', {}, { must: 1.4, aim: 1.1 }),
  throughRelay('whole-structured', 'the same in structured mode', {
    message: { ...anEvent, mode: 'structured' },
  }),
  throughRelay('whole-64k', 'the same with 64 KB of data', {
    message: { ...anEvent, bytes: 65_536 },
    connections: 16,
  }),
  ...[10, 100].map(fanOut),
]

function throughRelay(name: string, what: string, changes: Partial<Traffic>, target?: Target): BenchCase {
  return {
    name,
    what,
    reference: relay,
    unit: cpu,
    ...(target === undefined ? {} : { target }),
    async open(rig) {
      const url = rig.sink.url('/ok')
      const traffic = { ...plain, ...changes }
      const server = await rig.millrace(broker + trigger({ name: 't', url }))
      return {
        measured: perEvent(passage(rig, server, traffic)),
        reference: perEvent(passage(rig, await rig.nullRelay([url]), traffic)),
      }
    },
  }
}

function fanOut(triggers: number): BenchCase {
  return {
    name: `fan-out-${triggers}`,
    what: `an event that ${triggers} triggers take, for each delivery`,
    reference: 'R_out, undici to the sink',
    unit: 'CPU µs/delivery',
    target: { must: 2, aim: 1.4 },
    async open(rig) {
      const names = Array.from({ length: triggers }, (_, index) => `t${index}`)
      const url = rig.sink.url('/ok')
      const server = await rig.millrace(broker + names.map((name) => trigger({ name, url })).join(''))
      return {
        measured: perDelivery(passage(rig, server, { ...plain, deliveries: triggers })),
        reference: floorOut(rig),
      }
    },
  }
}

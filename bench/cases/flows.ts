import { anEvent } from '../load/message.ts'
import type { Rig } from '../rig.ts'
import { passage, perEvent, plain } from '../traffic.ts'
import type { BenchCase } from './bench-case.ts'
import { broker, sequence, trigger } from './manifests.ts'

const cpu = 'CPU µs/event'

/** What comes back, what goes on, what fails. */
export const flows: readonly BenchCase[] = [
  {
    name: 'reply',
    what: 'an event whose reply goes back to the broker and on to a second trigger',
    reference: 'two events of one trigger',
    unit: cpu,
    target: { must: 1.3, aim: 1.1 },
    async open(rig) {
      const { type } = anEvent
      const first = trigger({ name: 'first', type, url: rig.sink.url('/reply') })
      const second = trigger({ name: 'second', type: 'com.example.reply', url: rig.sink.url('/ok') })
      const server = await rig.millrace(broker + first + second)
      return {
        measured: perEvent(passage(rig, server, { ...plain, deliveries: 2 })),
        reference: await oneDelivery(rig, 2),
      }
    },
  },
  {
    name: 'sequence-3',
    what: 'a sequence of three steps',
    reference: 'one event of one trigger',
    unit: cpu,
    target: { must: 3.3, aim: 3 },
    async open(rig) {
      const steps = ['/reply/1', '/reply/2', '/ok/3'].map((path) => rig.sink.url(path))
      const server = await rig.millrace(sequence('steps', steps))
      const message = { ...anEvent, path: '/default/steps' }
      return {
        measured: perEvent(passage(rig, server, { ...plain, message, deliveries: 3 })),
        reference: await oneDelivery(rig, 1),
      }
    },
  },
  {
    name: 'ordered',
    what: 'an event of a trigger that is ordered by a key, at a thousand keys or more at a time',
    reference: 'one event of one trigger',
    unit: cpu,
    target: { must: 1.3, aim: 1.2 },
    async open(rig) {
      const annotations = '{millrace.dev/ordered-by: id}'
      const server = await rig.millrace(
        broker + trigger({ name: 't', url: rig.sink.url('/ok'), annotations }),
      )
      return { measured: perEvent(passage(rig, server, plain)), reference: await oneDelivery(rig, 1) }
    },
  },
  {
    name: 'failing-neighbour',
    what: 'an event that a good trigger takes and another refuses twice, to its end as a dead letter',
    reference: 'three events of one trigger',
    unit: cpu,
    async open(rig) {
      const good = trigger({ name: 'good', url: rig.sink.url('/ok') })
      const delivery = '{retry: 1, backoffPolicy: linear, backoffDelay: PT0.05S}'
      const failing = trigger({ name: 'failing', url: rig.sink.url('/fail'), delivery })
      const server = await rig.millrace(broker + good + failing)
      return {
        measured: perEvent(passage(rig, server, { ...plain, deliveries: 3 })),
        reference: await oneDelivery(rig, 3),
      }
    },
  },
]

/** A broker with one trigger; the cost is that of so many of its events. */
async function oneDelivery(rig: Rig, times: number) {
  const server = await rig.millrace(broker + trigger({ name: 't', url: rig.sink.url('/ok') }))
  const run = perEvent(passage(rig, server, plain))
  return async (ms: number) => {
    const sample = await run(ms)
    return { ...sample, cost: sample.cost * times }
  }
}

import { anEvent } from '../load/message.ts'
import { passage, perEvent, plain } from '../traffic.ts'
import type { BenchCase } from './bench-case.ts'
import { broker, trigger } from './manifests.ts'

/** Cost grows with what matches, not with what is there. */
export const manyTriggers: readonly BenchCase[] = [1_000, 10_000].map((count) => ({
  name: `triggers-${count}`,
  what: `${count.toLocaleString('en')} triggers of which one matches`,
  reference: 'one trigger',
  unit: 'CPU µs/event',
  target: { must: 1.25, aim: 1.1 },
  async open(rig) {
    const url = rig.sink.url('/ok')
    const one = (index: number): string => trigger({ name: `t${index}`, url, type: typeOf(index) })
    const traffic = { ...plain, message: { ...anEvent, type: typeOf(count >> 1) } }
    const many = await rig.millrace(broker + Array.from({ length: count }, (_, index) => one(index)).join(''))
    const few = await rig.millrace(broker + one(count >> 1))
    return {
      measured: perEvent(passage(rig, many, traffic)),
      reference: perEvent(passage(rig, few, traffic)),
    }
  },
}))

function typeOf(index: number): string {
  return `com.example.orders.type-${index}`
}

import type { Sample } from '../measure/contest.ts'
import { cpuMicroseconds } from '../measure/cpu.ts'
import { foreignLoad } from '../measure/foreign-load.ts'
import { anEvent, request } from '../load/message.ts'
import type { Sink } from '../load/sink.ts'
import { passage, perDelivery, plain } from '../traffic.ts'
import type { Rig, Subject } from '../rig.ts'
import type { BenchCase } from './bench-case.ts'
import { broker, trigger } from './manifests.ts'

const waiting = 100_000
const batch = 100

/** What has waited in the store costs little more than what comes fresh. */
export const backlog: BenchCase = {
  name: 'backlog',
  what: 'a backlog of 100,000 events that is drained, for each delivery',
  reference: 'fresh events of one trigger, accepted and delivered',
  unit: 'CPU µs/delivery',
  target: { must: 1.3, aim: 1.1 },
  // each is 100,000 deliveries
  rounds: 3,
  async open(rig) {
    // a sink of its own: it is shut while the store is filled
    const sink = await rig.anotherSink()
    const server = await rig.millrace(broker + trigger({ name: 't', url: sink.url('/ok') }))
    const fresh = await rig.millrace(broker + trigger({ name: 't', url: rig.sink.url('/ok') }))
    return {
      measured: () => drain(rig, server, sink),
      reference: perDelivery(passage(rig, fresh, plain)),
    }
  },
}

/** Fills the store behind a sink that answers nothing, and measures from its opening to the last delivery. */
async function drain(rig: Rig, server: Subject, sink: Sink): Promise<Sample> {
  await sink.gate('closed')
  await sink.reset()
  const { accepted: batches } = await rig.generator.run({
    port: server.port,
    request: filling,
    connections: 4,
    ms: 0,
    rate: 0,
    count: waiting / batch,
  })
  const accepted = batches * batch
  const foreign = foreignLoad([server.pid, sink.pid, rig.generator.pid])
  const before = cpuMicroseconds(server.pid)
  await sink.gate('open')
  const { ok } = await sink.answered(accepted)
  const microseconds = cpuMicroseconds(server.pid) - before
  return { cost: microseconds / ok, accepted, expected: accepted, delivered: ok, foreign: foreign() }
}

const filling = request({ ...anEvent, mode: 'batch', events: batch })

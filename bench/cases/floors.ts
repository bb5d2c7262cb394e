import type { Slice } from '../measure/contest.ts'
import { cpuMicroseconds } from '../measure/cpu.ts'
import { foreignLoad } from '../measure/foreign-load.ts'
import { passage, perEvent, plain, type Traffic } from '../traffic.ts'
import type { Rig } from '../rig.ts'

/** `R_in`: what node:http takes to read a request and answer 202. */
export async function floorIn(rig: Rig, traffic: Traffic = plain): Promise<Slice> {
  return perEvent(passage(rig, await rig.floorIn(), { ...traffic, deliveries: 0 }))
}

/** `R_out`: what undici takes to post an event to the sink. */
export function floorOut(rig: Rig): Slice {
  const program = rig.floorOut(rig.sink.url('/ok'))
  return async (ms) => {
    const foreign = foreignLoad([program.pid, rig.sink.pid])
    await rig.sink.reset()
    const before = cpuMicroseconds(program.pid)
    const began = performance.now()
    const { sent } = await program.ask<{ sent: number }>(String(ms))
    const microseconds = cpuMicroseconds(program.pid) - before
    const perSecond = (sent / (performance.now() - began)) * 1_000
    const { ok } = await rig.sink.answered(sent)
    const counts = { accepted: sent, expected: sent, delivered: ok }
    return { cost: microseconds / sent, ...counts, foreign: foreign(), perSecond }
  }
}

import { cpuMicroseconds } from './measure/cpu.ts'
import type { Sample } from './measure/contest.ts'
import { foreignLoad } from './measure/foreign-load.ts'
import type { Percentiles } from './load/generator.ts'
import { anEvent, request, type MessageShape } from './load/message.ts'
import type { Rig, Subject } from './rig.ts'

/** What is sent, and what has to come of it. */
export interface Traffic {
  readonly message: MessageShape
  /** Requests that one event makes at the sink. */
  readonly deliveries: number
  readonly connections: number
  /** Requests a second; 0: as many as are answered. */
  readonly rate: number
}

/** Binary events of 1 KB, one delivery each, over 64 connections, each sending when it has its answer. */
export const plain: Traffic = { message: anEvent, deliveries: 1, connections: 64, rate: 0 }

/** One slice of traffic, until its last delivery. */
export interface Passage extends Omit<Sample, 'cost'> {
  /** CPU time of the subject. */
  readonly microseconds: number
  /** CPU time of its Redis; 0: it has none. */
  readonly redisMicroseconds: number
  /** From an event's sending to its arrival at the sink. */
  readonly latency: Percentiles
  /** Events accepted a second. */
  readonly acceptedPerSecond: number
}

/** Sends for so long, waits for the last delivery, and says what it cost the subject. */
export function passage(rig: Rig, subject: Subject, traffic: Traffic): (ms: number) => Promise<Passage> {
  const { message, deliveries, connections, rate } = traffic
  const bytes = request(message)
  return async (ms) => {
    const { generator, sink } = rig
    await sink.reset()
    const { redisPid } = subject
    const own = [subject.pid, generator.pid, sink.pid]
    const foreign = foreignLoad(redisPid === undefined ? own : [...own, redisPid])
    const before = cpuMicroseconds(subject.pid)
    const redisBefore = redisPid === undefined ? 0 : cpuMicroseconds(redisPid)
    const sent = await generator.run({ port: subject.port, request: bytes, connections, ms, rate, count: 0 })
    if (sent.failed > 0 || sent.accepted === 0) throw new Error(`the traffic failed: ${JSON.stringify(sent)}`)
    const accepted = sent.accepted * message.events
    const expected = accepted * deliveries
    const received = await sink.answered(expected)
    return {
      microseconds: cpuMicroseconds(subject.pid) - before,
      redisMicroseconds: redisPid === undefined ? 0 : cpuMicroseconds(redisPid) - redisBefore,
      latency: received,
      acceptedPerSecond: (accepted / sent.ms) * 1_000,
      accepted,
      expected,
      delivered: received.ok + received.replied + received.failed,
      foreign: foreign(),
    }
  }
}

/** CPU time for each event. */
export function perEvent(run: (ms: number) => Promise<Passage>): (ms: number) => Promise<Sample> {
  return async (ms) => {
    const one = await run(ms)
    return { ...one, cost: one.microseconds / one.accepted }
  }
}

/** CPU time for each request that the sink got. */
export function perDelivery(run: (ms: number) => Promise<Passage>): (ms: number) => Promise<Sample> {
  return async (ms) => {
    const one = await run(ms)
    return { ...one, cost: one.microseconds / one.delivered }
  }
}

import type { BenchStore } from '../rig.ts'
import { backlog } from './backlog.ts'
import type { BenchCase } from './bench-case.ts'
import { flows } from './flows.ts'
import { ingress } from './ingress.ts'
import { kafka } from './kafka.ts'
import { latency } from './latency.ts'
import { manyTriggers } from './many-triggers.ts'
import { parts } from './micro.ts'
import { onRedis } from './redis.ts'
import { start } from './start.ts'
import { whole } from './whole.ts'

/** Every case, in the order of the table. */
export const allCases: readonly BenchCase[] = [
  ...whole,
  ...ingress,
  ...manyTriggers,
  ...flows,
  backlog,
  ...latency,
  ...kafka,
  ...start,
  ...parts,
]

/** The cases of a store; on Redis those of a whole broker, with what Redis itself takes of each event. */
export function casesOn(store: BenchStore): readonly BenchCase[] {
  if (store === 'sqlite') return allCases
  return [...onRedis, ...whole.slice(1), ...ingress, ...manyTriggers, ...flows, ...latency]
}

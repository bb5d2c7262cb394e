import { backlog } from './backlog.ts'
import type { BenchCase } from './bench-case.ts'
import { flows } from './flows.ts'
import { ingress } from './ingress.ts'
import { kafka } from './kafka.ts'
import { latency } from './latency.ts'
import { manyTriggers } from './many-triggers.ts'
import { parts } from './micro.ts'
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

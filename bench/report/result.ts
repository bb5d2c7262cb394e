import { execFileSync } from 'node:child_process'
import { cpus, totalmem, type, release } from 'node:os'
import type { BenchCase, Target } from '../cases/bench-case.ts'
import type { ContestResult } from '../measure/contest.ts'
import type { Spread } from '../measure/spread.ts'
import type { Rig } from '../rig.ts'

/** What a run of the bench came to, as it is written beside the table. */
export interface BenchResult {
  readonly machine: {
    readonly cpu: string
    readonly cpus: number
    readonly memoryGiB: number
    readonly system: string
    /** Load generator and sink: `C`, or `node:net` where there is no compiler. */
    readonly load: string
  }
  readonly commit: string
  readonly node: string
  readonly sliceMs: number
  readonly cases: readonly CaseResult[]
}

export interface CaseResult {
  readonly name: string
  readonly reference: string
  readonly unit: string
  /** Rounds that counted. */
  readonly rounds: number
  /** Measured by reference of the same round. */
  readonly ratio: Spread
  readonly measured: Spread
  readonly base: Spread
  readonly target?: Target
  readonly accepted: number
  readonly delivered: number
  readonly lost: number
  /** Rounds left out for foreign load. */
  readonly dropped: number
  /** Rounds that counted in spite of it. */
  readonly loaded: number
  /** Medians of what went through a second. */
  readonly perSecond?: ContestResult['perSecond']
}

export function caseResult({ name, reference, unit, target }: BenchCase, result: ContestResult): CaseResult {
  const { reference: base, ...figures } = result
  return {
    name,
    reference,
    unit,
    base,
    ...(target === undefined ? {} : { target }),
    ...figures,
  }
}

export function machineOf({ generator, sink }: Rig): BenchResult['machine'] {
  const [cpu] = cpus()
  return {
    cpu: cpu?.model.trim() ?? 'unknown',
    cpus: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release()}`,
    load:
      generator.isNative && sink.isNative
        ? 'C'
        : 'node:net, for want of a C compiler (cc): dearer, so that it takes time from what is measured',
  }
}

/** The commit that was measured; `-dirty` where there is more than it. */
export function commitOf(): string {
  try {
    return execFileSync('git', ['describe', '--always', '--dirty', '--exclude=*'], {
      encoding: 'utf8',
    }).trim()
  } catch {
    return 'unknown'
  }
}

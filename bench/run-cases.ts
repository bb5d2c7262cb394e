import type { BenchCase } from './cases/bench-case.ts'
import { compete, type Contest } from './measure/contest.ts'
import { caseLine } from './report/print.ts'
import { caseResult, commitOf, machineOf, type BenchResult, type CaseResult } from './report/result.ts'
import { Rig, type BenchStore } from './rig.ts'

/** The same case with the servers of two checkouts: what a change has brought, without the bare reference. */
async function against(one: BenchCase, rig: Rig, { against: checkout, store }: RunOptions): Promise<Contest> {
  const other = rig.use(await Rig.start(checkout, store))
  const [mine, theirs] = [await one.open(rig), await one.open(other)]
  return { measured: mine.measured, reference: theirs.measured }
}

export interface RunOptions {
  readonly rounds: number
  readonly sliceMs: number
  /** Rounds at most, where foreign load spoils some; twice as many when left out. */
  readonly mostRounds?: number
  /** Another checkout, whose server is the reference of each case. */
  readonly against?: string | undefined
  readonly store?: BenchStore
}

/** Runs cases one after the other, each with processes of its own, and tells of each when it is done. */
export async function runCases(cases: readonly BenchCase[], options: RunOptions): Promise<BenchResult> {
  const results: CaseResult[] = []
  let machine: BenchResult['machine'] | undefined
  for (const one of cases) {
    await using rig = await Rig.start(undefined, options.store)
    machine ??= machineOf(rig)
    const rounds = Math.min(options.rounds, one.rounds ?? options.rounds)
    const contest = options.against === undefined ? await one.open(rig) : await against(one, rig, options)
    const result = caseResult(
      options.against === undefined ? one : { ...one, reference: `the same at ${options.against}` },
      await compete(contest, rounds, options.sliceMs, options.mostRounds),
    )
    process.stderr.write(caseLine(result))
    results.push(result)
  }
  if (machine === undefined) throw new Error('there is no case to run')
  return { machine, commit: commitOf(), node: process.version, sliceMs: options.sliceMs, cases: results }
}

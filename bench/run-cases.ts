import type { BenchCase } from './cases/bench-case.ts'
import { compete } from './measure/contest.ts'
import { caseLine } from './report/print.ts'
import { caseResult, commitOf, machineOf, type BenchResult, type CaseResult } from './report/result.ts'
import { Rig } from './rig.ts'

/** Runs cases one after the other, each with processes of its own, and tells of each when it is done. */
export async function runCases(
  cases: readonly BenchCase[],
  options: { readonly rounds: number; readonly sliceMs: number },
): Promise<BenchResult> {
  const results: CaseResult[] = []
  let machine: BenchResult['machine'] | undefined
  for (const one of cases) {
    await using rig = await Rig.start()
    machine ??= machineOf(rig)
    const rounds = Math.min(options.rounds, one.rounds ?? options.rounds)
    const result = caseResult(one, await compete(await one.open(rig), rounds, options.sliceMs))
    process.stderr.write(caseLine(result))
    results.push(result)
  }
  if (machine === undefined) throw new Error('there is no case to run')
  return { machine, commit: commitOf(), node: process.version, sliceMs: options.sliceMs, cases: results }
}

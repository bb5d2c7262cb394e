import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { allCases } from './cases/all-cases.ts'
import type { BenchResult } from './report/result.ts'
import { figure, table } from './report/table.ts'
import { runCases } from './run-cases.ts'

/*
 * `npm run bench:guard`, in CI: a few cases in short slices, about a minute. It fails only where a ratio is
 * beyond twice that of the reference result, which no noise of a machine makes and a mistake on the hot path
 * does, or where something was lost.
 */

const rounds = 6
const sliceMs = 500
const tolerated = 2

const guarded = ['whole', 'stored', 'fan-out-10', 'batch-100']

const before = JSON.parse(
  readFileSync(join(import.meta.dirname, 'results', 'reference.json'), 'utf8'),
) as BenchResult
const recorded = new Map(before.cases.map(({ name, ratio }) => [name, ratio.median]))
const cases = allCases.filter(({ name }) => guarded.includes(name))
const result = await runCases(cases, { rounds, sliceMs, mostRounds: rounds })
const rows = result.cases.map(({ name, ratio, reference, lost }) => {
  const usual = recorded.get(name) ?? 0
  const limit = usual * tolerated
  const failed = ratio.median > limit || lost > 0
  const word = lost > 0 ? `LOST ${lost}` : failed ? 'TOO SLOW' : 'ok'
  return {
    failed,
    row: [name, figure(ratio.median), figure(usual), figure(limit), word, reference],
  }
})
process.stdout.write(
  table([['case', 'ratio', 'recorded', 'fails beyond', '', 'reference'], ...rows.map(({ row }) => row)]),
)
process.exitCode = rows.some(({ failed }) => failed) ? 1 : 0

import { readFileSync } from 'node:fs'
import type { BenchResult, CaseResult } from './result.ts'
import { figure, table } from './table.ts'

/* bench/compare A.json B.json: two results side by side. */

const [left, right] = process.argv.slice(2)
if (left === undefined || right === undefined || process.argv.length > 4) {
  process.stderr.write('usage: bench/compare A.json B.json\n')
  process.exit(2)
}

const before = read(left)
const after = read(right)
process.stdout.write(`A: ${describe(left, before)}\nB: ${describe(right, after)}\n\n`)
const names = new Set([...before.cases, ...after.cases].map(({ name }) => name))
const head = ['case', 'A', 'p20', 'p80', 'B', 'p20', 'p80', 'B / A', '', 'reference']
process.stdout.write(table([head, ...[...names].map(row)]))

function read(path: string): BenchResult {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as BenchResult
  } catch (error) {
    process.stderr.write(`${path} cannot be read as a result of the bench: ${(error as Error).message}\n`)
    process.exit(2)
  }
}

function describe(path: string, { commit, node, machine }: BenchResult): string {
  return `${path}: ${commit}, Node ${node}, ${machine.cpus} × ${machine.cpu}, load: ${machine.load}`
}

function row(name: string): string[] {
  const [a, b] = [before, after].map(({ cases }) => cases.find((one) => one.name === name))
  const change = (b?.ratio.median ?? Number.NaN) / (a?.ratio.median ?? Number.NaN)
  return [name, ...cells(a), ...cells(b), figure(change), word(a, b), (b ?? a)?.reference ?? '']
}

function cells(one: CaseResult | undefined): string[] {
  return one === undefined ? ['', '', ''] : [one.ratio.median, one.ratio.p20, one.ratio.p80].map(figure)
}

/** Spreads that overlap say nothing. */
function word(a: CaseResult | undefined, b: CaseResult | undefined): string {
  if (a === undefined || b === undefined) return ''
  if (b.ratio.p80 < a.ratio.p20) return 'better'
  return b.ratio.p20 > a.ratio.p80 ? 'worse' : 'same'
}

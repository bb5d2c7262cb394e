import type { BenchResult, CaseResult } from './result.ts'
import { figure, table } from './table.ts'

const head = [
  'case',
  'ratio',
  'p20',
  'p80',
  'must',
  'aim',
  'measured',
  'reference',
  'unit',
  'rounds',
  'dropped',
  'lost',
]

/** The machine, one line a case, and how to read it. */
export function printResult({ machine, commit, node, cases }: BenchResult): string {
  const { cpu, cpus, memoryGiB, system, load } = machine
  return [
    `\nMillrace ${commit}, Node ${node}, ${cpus} × ${cpu}, ${memoryGiB} GiB, ${system}; load: ${load}\n`,
    'A ratio is measured / reference of the same round: read these; absolute figures are the machine of the moment.\n\n',
    table([head, ...cases.map(caseRow)]),
    ...cases.map(perSecondLine),
    ...cases.filter(({ loaded }) => loaded > 0).map(loadedLine),
    ...cases.filter(({ lost }) => lost > 0).map(lostLine),
  ].join('')
}

/** One case, as it is told while the bench runs. */
export function caseLine(result: CaseResult): string {
  const { name, ratio, measured, base, unit, reference, lost } = result
  const loss = lost > 0 ? `, LOST ${lost}` : ''
  return `${name}: ${figure(ratio.median)} [${figure(ratio.p20)}–${figure(ratio.p80)}] × ${reference} (${figure(measured.median)} / ${figure(base.median)} ${unit})${loss}\n`
}

function caseRow(result: CaseResult): string[] {
  const { name, ratio, target, measured, base, unit, rounds, dropped, lost } = result
  return [
    name,
    verdict(result),
    figure(ratio.p20),
    figure(ratio.p80),
    target === undefined ? '' : figure(target.must),
    target === undefined ? '' : figure(target.aim),
    figure(measured.median),
    figure(base.median),
    unit,
    String(rounds),
    String(dropped),
    String(lost),
  ]
}

function verdict({ ratio, target }: CaseResult): string {
  const text = figure(ratio.median)
  if (target === undefined) return text
  return `${text} ${ratio.median <= target.aim ? '++' : ratio.median <= target.must ? '+' : '-'}`
}

function perSecondLine({ name, perSecond }: CaseResult): string {
  if (perSecond === undefined) return ''
  const [measured, reference] = [Math.round(perSecond.measured), Math.round(perSecond.reference)]
  return `${name}: ${measured} a second, the reference ${reference}\n`
}

function loadedLine({ name, loaded }: CaseResult): string {
  return `${name}: ${loaded} rounds counted although others took more than a tenth of the machine\n`
}

function lostLine({ name, lost }: CaseResult): string {
  return `${name}: ${lost} deliveries that had to arrive did not\n`
}

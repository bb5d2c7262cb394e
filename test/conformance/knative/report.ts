import type { Result } from './run-rules.ts'

/** One result on a line; what was seen instead stands below it. */
export function line({ outcome, level, id, rule, seen }: Result): string {
  const below = seen === undefined ? '' : `\n             ${seen}`
  return `${outcome.padEnd(8)}  ${level.padEnd(10)}  ${id.padEnd(36)}  ${rule}${below}`
}

export function summary(results: readonly Result[]): string {
  const of = (outcome: Result['outcome']) => results.filter((each) => each.outcome === outcome).length
  return `\n${of('holds')} hold, ${of('broken')} broken, ${of('not run')} not run`
}

import { expect, test } from 'vitest'
import { ProblemReports } from '../../src/sources/problem-reports.ts'
import { SourceCounters, type SourceName } from '../../src/sources/source-counters.ts'

const gh: SourceName = { namespace: 'shop', kind: 'GitHubSource', name: 'gh' }

function reports() {
  const counters = new SourceCounters()
  const lines: object[] = []
  const problems = new ProblemReports(counters, { warn: (fields) => void lines.push(fields) })
  return { counters, lines, problems }
}

test('one line when it begins, then one a minute with the count and the latest detail, for as long as it lasts', () => {
  const { counters, lines, problems } = reports()
  for (let minute = 0; minute < 3; minute += 1) {
    for (let call = 0; call < 10; call += 1) problems.report(gh, 'signature', `wrong ${minute}`)
    problems.endPeriod()
  }
  const line = { ...gh, reason: 'signature' }
  expect(lines).toEqual([
    { ...line, detail: 'wrong 0' },
    { ...line, detail: 'wrong 0', times: 9 },
    { ...line, detail: 'wrong 1', times: 10 },
    { ...line, detail: 'wrong 2', times: 10 },
  ])
  expect(counters.of(gh).errors).toEqual(new Map([['signature', 30]]))
})

test('what comes again after a minute without any begins anew, and not before', () => {
  const { lines, problems } = reports()
  problems.report(gh, 'signature', 'wrong')
  problems.endPeriod()
  problems.report(gh, 'signature', 'soon')
  problems.endPeriod()
  problems.endPeriod()
  problems.report(gh, 'signature', 'anew')
  expect(lines).toMatchObject([{ detail: 'wrong' }, { detail: 'soon', times: 1 }, { detail: 'anew' }])
})

test('sources and reasons have lines of their own', () => {
  const { lines, problems } = reports()
  problems.report(gh, 'signature', 'a')
  problems.report(gh, 'malformed', 'b')
  problems.report({ ...gh, name: 'other' }, 'signature', 'c')
  expect(lines).toMatchObject([{ detail: 'a' }, { detail: 'b' }, { detail: 'c' }])
})

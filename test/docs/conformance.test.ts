import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { root } from './pages.ts'

const page = 'docs/reference/conformance.md'
const suite = 'test/conformance'
const levels = ['MUST', 'MUST NOT', 'SHOULD', 'SHOULD NOT', 'RECOMMENDED']

/** Rows of the tables, without their heads. */
const rows = [...readFileSync(join(root, page), 'utf8').matchAll(/^\|(.*)\|$/gm)]
  .map(([, cells = '']) => cells.split('|').map((cell) => cell.trim()))
  .filter(([clause = '']) => clause !== 'clause' && !/^-+$/.test(clause))
  .map(([clause, level, rule, shown = '']) => ({ clause, level, rule, shown }))

/** The tests that a cell links to: their names, and their files from the root. */
function shownBy(cell: string): { name: string; file: string }[] {
  return [...cell.matchAll(/\[([^\]]+)\]\(([^)]+)\)/g)].map(([, name = '', link = '']) => ({
    name,
    file: join(dirname(page), link),
  }))
}

/** The names of the tests of a file. */
function testsOf(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8')
  return [...text.matchAll(/\btest\(\s*(['"`])(.*?)\1/g)].map(([, , name = '']) => name)
}

describe('the table of conformance', () => {
  test.each(rows)('$clause $level: $rule', ({ level, shown }) => {
    expect(levels).toContain(level)
    const tests = shownBy(shown)
    if (tests.length === 0) expect(shown).toMatch(/^none: .{10,}/)
    for (const { name, file } of tests) expect(testsOf(file)).toContain(name)
  })

  test('each test of the conformance suite of CloudEvents shows a clause', () => {
    const named = new Set(
      rows.flatMap(({ shown }) => shownBy(shown)).map(({ name, file }) => `${file}: ${name}`),
    )
    // the rules of Knative have a page of their own
    const files = readdirSync(join(root, suite)).filter(
      (name) => name.endsWith('.test.ts') && name !== 'knative.test.ts',
    )
    const tests = files.flatMap((file) =>
      testsOf(join(suite, file)).map((name) => `${join(suite, file)}: ${name}`),
    )
    expect(tests.length).toBeGreaterThan(0)
    expect(tests.filter((one) => !named.has(one))).toEqual([])
  })
})

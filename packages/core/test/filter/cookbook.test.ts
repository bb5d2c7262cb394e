import { readFileSync } from 'node:fs'

import { ambiguitiesOf, compileFilter } from '@millrace/core'
import { describe, expect, test } from 'vitest'

import { functionNames } from '../../src/filter/cesql/functions.ts'

const page = readFileSync(new URL('../../../../docs/guides/filters.md', import.meta.url), 'utf8')

/** The rows of the cookbook: what for, the expression, an event that passes, one that does not. */
const rows = page
  .slice(page.indexOf('### Cookbook'), page.indexOf('## What it costs'))
  .split('\n')
  .filter((line) => line.startsWith('| ') && !/^\| (to get|-+) /.test(line))
  .map((line) =>
    line
      .slice(2, -2)
      .split(' | ')
      .map((cell) => cell.trim()),
  )

function attributesOf(cell: string | undefined): Record<string, string> {
  const pairs = (cell ?? '').split(', ').map((pair) => pair.split(': ', 2))
  return { specversion: '1.0', id: '1', source: '/', type: 't', ...(Object.fromEntries(pairs) as object) }
}

describe('the CESQL cookbook in docs/guides/filters.md', () => {
  test('has 20 lines', () => {
    expect(rows).toHaveLength(20)
  })
  test.each(rows)('%s: %s', (_, code, passing, failing) => {
    const filters = [{ cesql: (code ?? '').replaceAll('`', '') }]
    const filter = compileFilter({ filters })
    expect(filter.matches(attributesOf(passing))).toBe(true)
    expect(filter.matches(attributesOf(failing))).toBe(false)
    expect(ambiguitiesOf({ filters })).toEqual([])
  })
  test('the functions that the page lists are those that there are', () => {
    const listed = [...page.matchAll(/`([A-Z_]+)\(/g)].map(([, name]) => name)
    expect(new Set(listed)).toEqual(new Set(functionNames))
  })
})

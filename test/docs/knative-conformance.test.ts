import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { deviations } from '../conformance/knative/deviations.ts'
import { table } from '../conformance/knative/table.ts'
import { root } from './pages.ts'

const text = readFileSync(join(root, 'docs/reference/knative-conformance.md'), 'utf8')

function cellsOf(markdown: string): string[][] {
  return markdown
    .split('\n')
    .filter((line) => line.startsWith('|') && !/^[|\s-]+$/.test(line))
    .map((line) => line.split('|').map((cell) => cell.trim()))
}

test('docs/reference/knative-conformance.md has every rule, and what the suite expects of Millrace', () => {
  expect(cellsOf(text)).toEqual(cellsOf(table()))
})

test('it says why Millrace differs where it does', () => {
  for (const id of Object.keys(deviations)) expect(text).toContain(`- \`${id.replace(/^\w+\//, '')}\`: `)
})

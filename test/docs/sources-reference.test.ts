import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { knownSources } from '@millrace/resources'
import { SourceFinder } from '@millrace/server'
import { describe, expect, test } from 'vitest'
import { fieldsOf } from '../../packages/resources/test/field-table.ts'
import { root } from './pages.ts'

const text = await readFile(join(root, 'docs/reference/sources.md'), 'utf8')
const finder = new SourceFinder(root)
const found = await Promise.all(
  knownSources.map(async ({ kind, apiVersions: [apiVersion] }) => {
    const one = await finder.find({ kind, apiVersion, package: undefined })
    if (one?.source === undefined || one.source.missing !== undefined)
      throw new Error(`${kind} has no package`)
    return { kind, schema: one.schema, conditions: one.source.conditions }
  }),
)

/** What stands under a heading. */
function sectionOf(heading: string): string {
  const [, section = ''] = text.split(`\n## ${heading}\n`)
  return section.split('\n## ')[0] ?? ''
}

/** The first two cells of each row, and the third where the second is not `enforced`. */
function rowsOf(heading: string): string[][] {
  const lines = sectionOf(heading)
    .split('\n')
    .filter((line) => line.startsWith('|'))
  return lines.slice(2).map((line) => {
    const [path = '', of = '', why = ''] = line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim().replace(/^`([^`]*)`$/, '$1'))
    return of === 'enforced' ? [path, of] : [path, of, why]
  })
}

describe('docs/reference/sources.md', () => {
  test.each(found)(
    'lists every field of $kind with its class, and its conditions',
    ({ kind, schema, conditions }) => {
      const fields = fieldsOf(schema).map(({ path, class: of, reason }) => [path, of, reason ?? []].flat())
      expect(rowsOf(kind)).toEqual(fields)
      const [, said = ''] = /^Conditions: (.*?)\. /m.exec(sectionOf(kind)) ?? []
      expect(said).toBe([...conditions, 'SinkProvided'].map((type) => `\`${type}\``).join(', '))
    },
  )
})

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { knownSinks, knownSources, type KnownSource } from '@millrace/resources'
import { kindFinder } from '@millrace/server'
import { describe, expect, test } from 'vitest'
import { fieldsOf } from '../../packages/resources/test/field-table.ts'
import { root } from './pages.ts'

const find = kindFinder(root)

async function conditionsAndFields({ kind, apiVersions: [apiVersion] }: KnownSource) {
  const one = await find({ kind, apiVersion, package: undefined })
  const facet = one?.source ?? one?.sink
  if (one === undefined || facet === undefined || facet.missing !== undefined)
    throw new Error(`${kind} has no package`)
  const host = one.source === undefined ? ['Addressable'] : ['SinkProvided']
  const fields = fieldsOf(one.schema).map(({ path, class: of, reason }) => [path, of, reason ?? []].flat())
  return { conditions: [...facet.conditions, ...host], fields }
}

/** What stands under a heading. */
function sectionOf(text: string, heading: string): string {
  const [, section = ''] = text.split(`\n## ${heading}\n`)
  return section.split('\n## ')[0] ?? ''
}

/** The first two cells of each row, and the third where the second is not `enforced`. */
function rowsOf(section: string): string[][] {
  const lines = section.split('\n').filter((line) => line.startsWith('|'))
  return lines.slice(2).map((line) => {
    const [path = '', of = '', why = ''] = line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim().replace(/^`([^`]*)`$/, '$1'))
    return of === 'enforced' ? [path, of] : [path, of, why]
  })
}

describe.each([
  ['sources', knownSources],
  ['sinks', knownSinks],
] as const)('docs/reference/%s.md', (page, known) => {
  test.each(known)('lists every field of $kind with its class, and its conditions', async (kind) => {
    const section = sectionOf(await readFile(join(root, `docs/reference/${page}.md`), 'utf8'), kind.kind)
    const { conditions, fields } = await conditionsAndFields(kind)
    expect(rowsOf(section)).toEqual(fields)
    const [, said = ''] = /^Conditions: (.*?)\. /m.exec(section) ?? []
    expect(said).toBe(conditions.map((type) => `\`${type}\``).join(', '))
  })
})

import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { annotations } from '../src/annotations/check-annotations.ts'
import { kinds } from '../src/index.ts'
import { deliverySchema } from '../src/kinds/delivery.schema.ts'
import { destinationSchema, referenceSchema } from '../src/kinds/destination.schema.ts'
import { filterSchema } from '../src/kinds/filter.schema.ts'
import { metadataSchema } from '../src/kinds/metadata.schema.ts'
import { fieldsOf } from './field-table.ts'
import { linesOf } from './read-text.ts'

const text = await readFile(new URL('../../../docs/reference/manifests.md', import.meta.url), 'utf8')

/** The rows of the one table under a heading, cell by cell, without backquotes. */
function rowsOf(heading: string): string[][] {
  const [, section = ''] = text.split(`\n## ${heading}\n`)
  const [own = ''] = section.split('\n## ')
  const lines = own.split('\n').filter((line) => line.startsWith('|'))
  return lines.slice(2).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim().replace(/^`(.*)`$/, '$1')),
  )
}

const sections = [
  ...kinds.map(({ kind, schema }) => ({ name: kind, schema })),
  { name: 'metadata', schema: metadataSchema },
  { name: 'Destination', schema: destinationSchema },
  { name: 'KReference', schema: referenceSchema },
  { name: 'DeliverySpec', schema: deliverySchema },
  { name: 'filter', schema: filterSchema },
]

describe('docs/reference/manifests.md', () => {
  it.each(sections)(
    'lists every field of $name with its class, and why it is not enforced',
    ({ name, schema }) => {
      const fields = fieldsOf(schema).map(({ path, class: of, reason }) => [
        path,
        of,
        reason ?? expect.any(String),
      ])
      expect(fields.length).toBeGreaterThan(0)
      expect(rowsOf(name)).toEqual(fields)
    },
  )

  it('lists the kinds with their names', () => {
    const expected = kinds.map(({ kind, apiVersions, plural, shortNames }) => [
      kind,
      apiVersions.join(', '),
      [kind.toLowerCase(), plural, ...shortNames].join(', '),
      expect.any(String),
    ])
    expect(rowsOf('Kinds')).toEqual(expected)
  })

  it('lists the annotations with their classes', () => {
    const expected = annotations.map(({ name, on, class: of, does }) => [name, on.join(', '), of, does])
    expect(rowsOf('Annotations')).toEqual(expected)
  })

  it('has examples that stand', async () => {
    const examples = [...text.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, yaml = '']) => yaml)
    expect(examples.length).toBeGreaterThan(1)
    for (const example of examples) expect(await linesOf(example)).toEqual([])
  })
})

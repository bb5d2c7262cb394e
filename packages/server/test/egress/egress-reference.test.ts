import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { deniedByDefault } from '../../src/egress/egress-rules.ts'

test('docs/reference/egress.md lists exactly what is denied by default', async () => {
  const text = await readFile(new URL('../../../../docs/reference/egress.md', import.meta.url), 'utf8')
  const [, first = ''] = text.split(/^\| addresses .*\n.*\n/m)
  const rows = first.split('\n\n', 1)[0]?.split('\n') ?? []
  const documented = rows.map((row) => row.split('|').map((cell) => cell.trim().replaceAll('`', '')))
  expect(documented.map(([, cidr, what]) => [cidr, what])).toEqual(Object.entries(deniedByDefault))
})

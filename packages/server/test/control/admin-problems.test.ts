import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { adminProblems } from '../../src/control/admin-problems.ts'

test('docs/reference/admin-api.md lists every problem of the Admin API with its status', async () => {
  const text = await readFile(new URL('../../../../docs/reference/admin-api.md', import.meta.url), 'utf8')
  const rows = [...text.matchAll(/^\|\s*`(admin-[a-z-]+)`\s*\|\s*(\d+)\s*\|/gm)]
  expect(Object.fromEntries(rows.map(([, code, status]) => [code, Number(status)]))).toEqual(
    Object.fromEntries(Object.entries(adminProblems).map(([code, { status }]) => [code, status])),
  )
})

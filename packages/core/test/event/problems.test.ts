import { readFileSync } from 'node:fs'

import { problem, problems, type ProblemCode } from '@millrace/core'
import { expect, test } from 'vitest'

const codes = Object.keys(problems) as ProblemCode[]

test('the reference lists every code with its status and title, and no other', () => {
  const page = readFileSync(new URL('../../../../docs/reference/problems.md', import.meta.url), 'utf8')
  const rows = Array.from(page.matchAll(/^\| `([a-z0-9-]+)` +\| (\d+) +\| ([^|]+?) +\| [^|]+\|$/gm))
  expect(
    Object.fromEntries(rows.map(([, code, status, title]) => [code, { status: Number(status), title }])),
  ).toEqual(problems)
  expect(rows).toHaveLength(codes.length)
})

test.each(codes)('the problem %s has the status and title of its code', (code) => {
  expect(code).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/)
  expect(problem(code, 'why', 'id')).toEqual({ code, ...problems[code], detail: 'why', attribute: 'id' })
})

import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { logEvents } from '../../src/observability/log-events.ts'

test('docs/reference/log-events.md lists the five lines with exactly their fields', async () => {
  const text = await readFile(new URL('../../../../docs/reference/log-events.md', import.meta.url), 'utf8')
  const sections = text.split(/^## /m).slice(1)
  const documented = sections.map((section) => {
    const [name = ''] = section.split('\n', 1)
    const cells = section.matchAll(/^\|([^|]+)\|/gm)
    const fields = [...cells].flatMap(([, cell = '']) =>
      [...cell.matchAll(/`([^`]+)`/g)].map(([, field]) => field),
    )
    return [name, fields.toSorted()]
  })
  expect(Object.fromEntries(documented)).toEqual(
    Object.fromEntries(Object.entries(logEvents).map(([name, fields]) => [name, [...fields].toSorted()])),
  )
})

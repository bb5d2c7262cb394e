import { expect, test } from 'vitest'

import type { Condition } from '../../src/filter/needs.ts'
import { AttributeTable } from '../../src/routing/attribute-table.ts'

const conditions: readonly Condition[] = [
  { kind: 'exact', attribute: 'type', value: 'abc' },
  { kind: 'prefix', attribute: 'type', value: 'ab' },
  { kind: 'prefix', attribute: 'type', value: 'abcd' },
  { kind: 'prefix', attribute: 'type', value: 'x' },
  { kind: 'present', attribute: 'type', value: '' },
]

function visited(table: AttributeTable<Condition>, text: string): Set<Condition> {
  const found = new Set<Condition>()
  table.visit(text, (item) => found.add(item))
  return found
}

test('a value leads to what stands under the conditions that it meets', () => {
  const table = new AttributeTable<Condition>()
  for (const condition of conditions) table.add(condition, condition)
  const [abc, ab, abcd, x, present] = conditions
  expect(visited(table, 'abc')).toEqual(new Set([abc, ab, present]))
  expect(visited(table, 'abcde')).toEqual(new Set([ab, abcd, present]))
  expect(visited(table, 'x')).toEqual(new Set([x, present]))
  expect(visited(table, '')).toEqual(new Set([present]))
})

test('what was taken out leaves nothing behind', () => {
  const table = new AttributeTable<Condition>()
  for (const condition of conditions) table.add(condition, condition)
  for (const condition of conditions) {
    expect(table.isEmpty).toBe(false)
    table.delete(condition, condition)
  }
  expect(table.isEmpty).toBe(true)
})

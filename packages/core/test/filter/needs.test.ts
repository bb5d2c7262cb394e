import { canNeverMatch, compileFilter } from '@millrace/core'
import type { Attributes, Condition, Cover, FilterExpression } from '@millrace/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { attributeText } from '../../src/filter/attribute-text.ts'
import { filterSpecs } from './arbitrary-filter.ts'
import { events } from './cesql/arbitrary-cesql.ts'

function meets(attributes: Attributes, cover: Cover): boolean {
  return cover.some(({ kind, attribute, value }) => {
    const text = attributeText(attributes, attribute)
    if (text === undefined) return false
    if (kind === 'exact') return text === value
    if (kind === 'prefix') return text.startsWith(value)
    return kind === 'present' || text.endsWith(value)
  })
}

test('every event that matches meets every cover, every other one those of failing', () => {
  fc.assert(
    fc.property(filterSpecs, events, (spec, event) => {
      const filter = compileFilter(spec)
      const covers = filter.matches(event) ? filter.needs.toMatch : filter.needs.toFail
      for (const cover of covers) expect(meets(event, cover)).toBe(true)
    }),
    { numRuns: 5_000 },
  )
})

function exact(attribute: string, value: string): Condition {
  return { kind: 'exact', attribute, value }
}

function prefix(attribute: string, value: string): Condition {
  return { kind: 'prefix', attribute, value }
}

function suffix(attribute: string, value: string): Condition {
  return { kind: 'suffix', attribute, value }
}

function present(attribute: string): Condition {
  return { kind: 'present', attribute, value: '' }
}

const typeA = { exact: { type: 'a' } }
const typeB = { exact: { type: 'b' } }

describe('what is known of the events that a filter lets pass', () => {
  test.each<[string, FilterExpression, readonly Cover[]]>([
    ['exact', typeA, [[exact('type', 'a')]]],
    ['prefix', { prefix: { source: '/a' } }, [[prefix('source', '/a')]]],
    ['suffix', { suffix: { source: '/a' } }, [[suffix('source', '/a')]]],
    ['all', { all: [typeA, { prefix: { source: '/a' } }] }, [[exact('type', 'a')], [prefix('source', '/a')]]],
    ['any', { any: [typeA, typeB] }, [[exact('type', 'a'), exact('type', 'b')]]],
    ['any with a part of which nothing is known', { any: [typeA, { not: typeB }] }, []],
    [
      'any of all',
      { any: [{ all: [typeA, { suffix: { source: 'x' } }] }, typeB] },
      [[exact('type', 'a'), exact('type', 'b')]],
    ],
    ['all of any with one type in common', { all: [{ any: [typeA, typeB] }, typeB] }, [[exact('type', 'b')]]],
    [
      'all of an exact value and its prefix',
      { all: [{ prefix: { type: 'a' } }, { exact: { type: 'ab' } }] },
      [[exact('type', 'ab')]],
    ],
    [
      'all of two prefixes',
      { all: [{ prefix: { type: 'a' } }, { prefix: { type: 'ab' } }] },
      [[prefix('type', 'ab')]],
    ],
    [
      'all of some values and a prefix',
      { all: [{ any: [typeA, typeB] }, { prefix: { type: 'b' } }] },
      [[exact('type', 'b')]],
    ],
    [
      'all of a prefix and a suffix',
      { all: [{ prefix: { type: 'a' } }, { suffix: { type: 'z' } }] },
      [[prefix('type', 'a')]],
    ],
    [
      'all of two suffixes',
      { all: [{ suffix: { type: 'z' } }, { suffix: { type: '.z' } }] },
      [[suffix('type', '.z')]],
    ],
    [
      'all of an exact value and its suffix',
      { all: [{ suffix: { type: 'b' } }, { exact: { type: 'ab' } }] },
      [[exact('type', 'ab')]],
    ],
    ['not', { not: typeA }, []],
    ['not of not', { not: { not: typeA } }, [[exact('type', 'a')]]],
    [
      'not of any of not',
      { not: { any: [{ not: typeA }, { not: { prefix: { id: 'x' } } }] } },
      [[exact('type', 'a')], [prefix('id', 'x')]],
    ],
    ['=', { cesql: "type = 'a'" }, [[exact('type', 'a')]]],
    ['= with an Integer', { cesql: 'amount = 1' }, [[present('amount')]]],
    ['IN', { cesql: "type IN ('a', 'b')" }, [[exact('type', 'a'), exact('type', 'b')]]],
    [
      'IN with what an Integer or a Boolean could equal',
      { cesql: "x IN ('01', 'TRUE')" },
      [[exact('x', '01'), exact('x', '1'), exact('x', 'TRUE'), exact('x', 'true')]],
    ],
    ['LIKE with text before a wildcard', { cesql: "type LIKE 'a.%z'" }, [[prefix('type', 'a.')]]],
    ['LIKE without a wildcard', { cesql: String.raw`type LIKE 'a\%'` }, [[exact('type', 'a%')]]],
    ['LIKE with a wildcard first', { cesql: "type LIKE '%b_%a'" }, [[suffix('type', 'a')]]],
    ['LIKE with wildcards at both ends', { cesql: "type LIKE '%a%'" }, [[present('type')]]],
    ['AND', { cesql: "amount > 10 AND type = 'a'" }, [[exact('type', 'a')], [present('amount')]]],
    ['OR', { cesql: "type = 'a' OR source LIKE '/b%'" }, [[exact('type', 'a'), prefix('source', '/b')]]],
    ['NOT of !=', { cesql: "NOT (type != 'a')" }, [[exact('type', 'a')]]],
    [
      'NOT of OR',
      { cesql: "NOT (type NOT LIKE 'a%' OR source != 'b')" },
      [[exact('source', 'b')], [prefix('type', 'a')]],
    ],
    ['XOR', { cesql: "type = 'a' XOR type = 'b'" }, [[exact('type', 'a'), exact('type', 'b')]]],
    ['arithmetic', { cesql: '1 + n = m' }, [[present('n')], [present('m')]]],
    ['EXISTS', { cesql: 'EXISTS n' }, [[present('n')]]],
  ])('%s', (_, filter, covers) => {
    expect(compileFilter({ filters: [filter] }).needs.toMatch).toEqual(covers)
  })
})

describe('a filter that can never match', () => {
  test.each<[string, FilterExpression]>([
    ['two values for one attribute', { all: [typeA, typeB] }],
    ['two values for one attribute in CESQL', { cesql: "type = 'a' AND type = 'b'" }],
    ['a value that does not end so', { all: [typeA, { suffix: { type: 'b' } }] }],
    ['two ends that differ', { cesql: "type LIKE '%a' AND type LIKE '%b'" }],
    ['FALSE', { cesql: 'FALSE' }],
    ['a String', { cesql: "CONCAT(type, 'x')" }],
    ['an Integer', { cesql: '1 + 1' }],
    ['an expression that ends in FALSE', { cesql: 'EXISTS subject AND FALSE' }],
    ['any of nothing else', { any: [{ cesql: 'FALSE' }, { all: [typeA, typeB] }] }],
  ])('%s', (_, filter) => {
    expect(canNeverMatch(compileFilter({ filters: [filter] }).needs)).toBe(true)
  })
  test('is not said of others', () => {
    expect(canNeverMatch(compileFilter({}).needs)).toBe(false)
    expect(canNeverMatch(compileFilter({ filters: [{ cesql: 'FALSE OR TRUE' }] }).needs)).toBe(false)
  })
})

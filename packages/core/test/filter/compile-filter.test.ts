import { compileFilter, FilterError } from '@millrace/core'
import type { Attributes, FilterProblem, FilterSpec } from '@millrace/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { filterSpecs } from './arbitrary-filter.ts'
import { events } from './cesql/arbitrary-cesql.ts'

const event: Attributes = {
  specversion: '1.0',
  id: '1',
  source: '/shop/eu',
  type: 'com.shop.order',
  subject: '',
  region: 'eu',
  blank: '',
  count: 7,
  flag: true,
}

function matches(spec: FilterSpec): boolean {
  return compileFilter(spec).matches(event)
}

/** What a manifest says, right or wrong. */
function problemsOf(spec: unknown): readonly FilterProblem[] {
  try {
    compileFilter(spec as FilterSpec)
  } catch (error) {
    if (error instanceof FilterError) return error.problems
    throw error
  }
  return []
}

describe('which filters hold', () => {
  test('without any, everything passes', () => {
    expect(matches({})).toBe(true)
    expect(matches({ attributes: {} })).toBe(true)
    expect(matches({ filters: [] })).toBe(true)
  })
  test('filters replace attributes', () => {
    expect(matches({ attributes: { type: 'x' }, filters: [{ exact: { region: 'eu' } }] })).toBe(true)
  })
  test('with an empty list of filters the attributes apply', () => {
    expect(matches({ attributes: { type: 'x' }, filters: [] })).toBe(false)
  })
  test('several filters must all match', () => {
    expect(matches({ filters: [{ exact: { region: 'eu' } }, { prefix: { type: 'com.' } }] })).toBe(true)
    expect(matches({ filters: [{ exact: { region: 'eu' } }, { prefix: { type: 'org.' } }] })).toBe(false)
  })
})

describe('filter.attributes', () => {
  test('every attribute must have its value', () => {
    expect(matches({ attributes: { type: 'com.shop.order', region: 'eu' } })).toBe(true)
    expect(matches({ attributes: { type: 'com.shop.order', region: 'us' } })).toBe(false)
  })
  test('a missing attribute fails', () => {
    expect(matches({ attributes: { missing: 'x' } })).toBe(false)
  })
  test('"" asks for an attribute that is there and not empty', () => {
    expect(matches({ attributes: { region: '' } })).toBe(true)
    expect(matches({ attributes: { blank: '' } })).toBe(false)
    expect(matches({ attributes: { missing: '' } })).toBe(false)
  })
  test('an empty subject counts as none', () => {
    expect(matches({ attributes: { subject: '' } })).toBe(false)
  })
  test('an extension that is no string is compared in its canonical form', () => {
    expect(matches({ attributes: { count: '7', flag: 'true' } })).toBe(true)
    expect(matches({ attributes: { count: '07' } })).toBe(false)
    expect(matches({ attributes: { flag: 'TRUE' } })).toBe(false)
  })
})

describe('exact, prefix and suffix', () => {
  test('every entry must match', () => {
    expect(matches({ filters: [{ exact: { region: 'eu', type: 'com.shop.order' } }] })).toBe(true)
    expect(matches({ filters: [{ exact: { region: 'eu', type: 'com.shop' } }] })).toBe(false)
    expect(matches({ filters: [{ prefix: { region: 'e', type: 'com.shop' } }] })).toBe(true)
    expect(matches({ filters: [{ prefix: { region: 'u', type: 'com.shop' } }] })).toBe(false)
    expect(matches({ filters: [{ suffix: { region: 'u', type: '.order' } }] })).toBe(true)
    expect(matches({ filters: [{ suffix: { region: 'e', type: '.order' } }] })).toBe(false)
  })
  test('case counts', () => {
    expect(matches({ filters: [{ exact: { region: 'EU' } }] })).toBe(false)
    expect(matches({ filters: [{ prefix: { region: 'E' } }] })).toBe(false)
    expect(matches({ filters: [{ suffix: { region: 'U' } }] })).toBe(false)
  })
  test('a missing attribute fails', () => {
    expect(matches({ filters: [{ exact: { missing: 'x' } }] })).toBe(false)
    expect(matches({ filters: [{ prefix: { missing: 'x' } }] })).toBe(false)
    expect(matches({ filters: [{ suffix: { missing: 'x' } }] })).toBe(false)
  })
  test('an extension that is no string is compared in its canonical form', () => {
    expect(matches({ filters: [{ exact: { count: '7' } }, { prefix: { flag: 'tr' } }] })).toBe(true)
  })
})

describe('all, any, not and cesql', () => {
  const right = { exact: { region: 'eu' } }
  const wrong = { exact: { region: 'us' } }
  test('all wants every one', () => {
    expect(matches({ filters: [{ all: [right, right] }] })).toBe(true)
    expect(matches({ filters: [{ all: [right, wrong] }] })).toBe(false)
  })
  test('any wants one', () => {
    expect(matches({ filters: [{ any: [wrong, right] }] })).toBe(true)
    expect(matches({ filters: [{ any: [wrong, wrong] }] })).toBe(false)
  })
  test('not turns its filter round, also where the attribute is missing', () => {
    expect(matches({ filters: [{ not: right }] })).toBe(false)
    expect(matches({ filters: [{ not: wrong }] })).toBe(true)
    expect(matches({ filters: [{ not: { exact: { missing: 'x' } } }] })).toBe(true)
  })
  test('cesql matches when it is true', () => {
    expect(matches({ filters: [{ cesql: "region = 'eu'" }] })).toBe(true)
    expect(matches({ filters: [{ cesql: "region = 'us'" }] })).toBe(false)
  })
  test('cesql with a result that is no Boolean does not match', () => {
    expect(matches({ filters: [{ cesql: "'true'" }] })).toBe(false)
    expect(matches({ filters: [{ cesql: 'count' }] })).toBe(false)
    expect(matches({ filters: [{ cesql: 'flag' }] })).toBe(true)
  })
  test('cesql with an error does not match, not even where its value is true', () => {
    expect(matches({ filters: [{ cesql: "NOT (missing = 'x')" }] })).toBe(false)
    expect(matches({ filters: [{ cesql: "(missing = 'x') OR TRUE" }] })).toBe(false)
    expect(matches({ filters: [{ not: { cesql: 'missing = 1' } }] })).toBe(true)
  })
  test('they nest', () => {
    expect(matches({ filters: [{ any: [wrong, { all: [right, { not: { any: [wrong] } }] }] }] })).toBe(true)
  })
})

describe('what is refused', () => {
  test.each<[string, unknown, string, string]>([
    ['an empty map', { filters: [{ exact: {} }] }, 'filters[0].exact', 'is empty'],
    ['an empty prefix', { filters: [{ prefix: { type: '' } }] }, 'filters[0].prefix.type', 'is empty'],
    ['an empty suffix', { filters: [{ suffix: { type: '' } }] }, 'filters[0].suffix.type', 'is empty'],
    ['an empty exact', { filters: [{ exact: { type: '' } }] }, 'filters[0].exact.type', 'is empty'],
    ['an empty all', { filters: [{ all: [] }] }, 'filters[0].all', 'is empty'],
    ['an empty any', { filters: [{ any: [] }] }, 'filters[0].any', 'is empty'],
    ['an empty not', { filters: [{ not: {} }] }, 'filters[0].not', 'is empty'],
    ['an empty item', { filters: [{}] }, 'filters[0]', 'is empty'],
    [
      'an empty expression',
      { filters: [{ cesql: '' }] },
      'filters[0].cesql',
      'line 1, column 1: found the end',
    ],
    [
      'two dialects in one item',
      { filters: [{ exact: { type: 'a' }, cesql: 'TRUE' }] },
      'filters[0]',
      'has 2 dialects (exact, cesql)',
    ],
    ['an unknown dialect', { filters: [{ sql: 'TRUE' }] }, 'filters[0].sql', 'is no dialect of filters'],
    ['an upper-case name', { attributes: { Type: 'a' } }, 'filter.attributes.Type', 'is no attribute name'],
    ['an empty name', { filters: [{ exact: { '': 'a' } }] }, 'filters[0].exact.', 'is no attribute name'],
    [
      'a name with a dash',
      { filters: [{ exact: { 'my-ext': 'a' } }] },
      'filters[0].exact.my-ext',
      'is no attribute name',
    ],
    ['a number', { filters: [{ exact: { amount: 5 } }] }, 'filters[0].exact.amount', 'is the number 5'],
    ['a null', { filters: [{ exact: { amount: null } }] }, 'filters[0].exact.amount', 'is empty'],
    ['a list as a value', { attributes: { type: ['a'] } }, 'filter.attributes.type', 'is a list'],
    ['a list for a map', { filters: [{ exact: ['a'] }] }, 'filters[0].exact', 'is no map'],
    ['a map for a list', { filters: [{ any: { exact: { type: 'a' } } }] }, 'filters[0].any', 'is no list'],
    ['a string for a filter', { filters: ['TRUE'] }, 'filters[0]', 'is no map'],
    ['a map for filters', { filters: { exact: { type: 'a' } } }, 'filters', 'is no list'],
    ['a string for attributes', { attributes: 'type' }, 'filter.attributes', 'is no map'],
    ['a number for an expression', { filters: [{ cesql: 5 }] }, 'filters[0].cesql', 'is the number 5'],
    [
      'deep inside',
      { filters: [{ any: [{ not: { all: [{ exact: { type: '' } }] } }] }] },
      'filters[0].any[0].not.all[0].exact.type',
      'is empty',
    ],
  ])('%s', (_, spec, path, problem) => {
    expect(problemsOf(spec)).toEqual([expect.objectContaining({ path, problem })])
  })
  test('every problem at once, the first one in the error itself', () => {
    const spec = { filters: [{ exact: { type: '', Id: 'a' } }, { cesql: 'a AND' }, { any: [{}] }] }
    expect(problemsOf(spec).map(({ path }) => path)).toEqual([
      'filters[0].exact.type',
      'filters[0].exact.Id',
      'filters[1].cesql',
      'filters[2].any[0]',
    ])
    expect(() => compileFilter(spec as unknown as FilterSpec)).toThrow(
      expect.objectContaining({
        code: 'invalid-filter',
        path: 'filters[0].exact.type',
        problem: 'is empty',
        expected: 'a string of at least one character',
        message: 'filters[0].exact.type: is empty, expected a string of at least one character',
      }) as Error,
    )
  })
  test('an expression with the place in it', () => {
    expect(problemsOf({ filters: [{ cesql: "type == 'a'" }] })).toEqual([
      {
        path: 'filters[0].cesql',
        problem: 'line 1, column 7: found "="',
        expected: 'a value',
        excerpt: "type == 'a'\n      ^",
      },
    ])
  })
  test('filters nested deeper than 100', () => {
    const nested = (depth: number): unknown =>
      depth === 0 ? { exact: { type: 'a' } } : { not: nested(depth - 1) }
    expect(problemsOf({ filters: [nested(99)] })).toEqual([])
    expect(problemsOf({ filters: [nested(100)] })).toMatchObject([
      { problem: 'is nested deeper than 100 filters' },
    ])
  })
})

test('matching and explaining never throw, and say the same', () => {
  fc.assert(
    fc.property(filterSpecs, events, (spec, attributes) => {
      const filter = compileFilter(spec)
      expect(filter.explain(attributes).matched).toBe(filter.matches(attributes))
    }),
    { numRuns: 1_000 },
  )
})

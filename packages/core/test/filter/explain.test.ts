import { compileFilter, failedClause } from '@millrace/core'
import type { Attributes, FilterExpression } from '@millrace/core'
import { describe, expect, test } from 'vitest'

const event: Attributes = { id: '1', source: '/eu', type: 'a', amount: '5', hop: '3', ttl: '2', flag: true }

function explain(...filters: FilterExpression[]) {
  return compileFilter({ filters }).explain(event)
}

describe('a clause tells what it found', () => {
  test.each<[string, FilterExpression, object]>([
    ['exact', { exact: { type: 'b' } }, { matched: false, clause: 'exact type = "b"', value: 'a' }],
    ['prefix', { prefix: { source: '/' } }, { matched: true, clause: 'prefix source = "/"', value: '/eu' }],
    [
      'suffix',
      { suffix: { source: 'us' } },
      { matched: false, clause: 'suffix source = "us"', value: '/eu' },
    ],
    ['a missing attribute', { exact: { region: 'eu' } }, { matched: false, clause: 'exact region = "eu"' }],
    ['cesql', { cesql: "type='b'" }, { matched: false, clause: "cesql type = 'b'", value: 'a' }],
    [
      'cesql with a missing attribute',
      { cesql: "region = 'eu'" },
      { matched: false, clause: "cesql region = 'eu'", error: 'the event has no region' },
    ],
    [
      'cesql with an error',
      { cesql: 'type > 3' },
      { matched: false, clause: 'cesql type > 3', value: 'a', error: '"a" is no 32-bit integer' },
    ],
    [
      'cesql with several attributes',
      { cesql: 'hop < ttl' },
      { matched: false, clause: 'cesql hop < ttl', value: 'hop = "3", ttl = "2"' },
    ],
    [
      'cesql with a result that is no Boolean',
      { cesql: 'LENGTH(type)' },
      { matched: false, clause: 'cesql LENGTH(type)', value: 'a', error: '1 is no Boolean' },
    ],
  ])('%s', (_, filter, explanation) => {
    expect(explain(filter)).toEqual(explanation)
  })
  test('the legacy "" has its own words', () => {
    expect(compileFilter({ attributes: { region: '' } }).explain(event)).toEqual({
      matched: false,
      clause: 'region is present',
    })
  })
  test('no filter is everything', () => {
    expect(compileFilter({}).explain(event)).toEqual({ matched: true, clause: 'everything' })
  })
})

describe('a composite has its clauses below it', () => {
  test('side by side entries, all, any and not', () => {
    expect(explain({ any: [{ exact: { type: 'b', id: '1' } }, { not: { exact: { type: 'c' } } }] })).toEqual({
      matched: true,
      clause: 'any (all (exact type = "b", exact id = "1"), not (exact type = "c"))',
      kind: 'any',
      children: [
        {
          matched: false,
          clause: 'all (exact type = "b", exact id = "1")',
          kind: 'all',
          children: [
            { matched: false, clause: 'exact type = "b"', value: 'a' },
            { matched: true, clause: 'exact id = "1"', value: '1' },
          ],
        },
        {
          matched: true,
          clause: 'not (exact type = "c")',
          kind: 'not',
          children: [{ matched: false, clause: 'exact type = "c"', value: 'a' }],
        },
      ],
    })
  })
  test('AND, OR and NOT of an expression', () => {
    expect(explain({ cesql: "type = 'a' AND (amount > 10 OR NOT (flag AND EXISTS id))" })).toEqual({
      matched: false,
      clause: "cesql type = 'a' AND (amount > 10 OR NOT (flag AND EXISTS id))",
      kind: 'all',
      children: [
        { matched: true, clause: "type = 'a'", value: 'a' },
        {
          matched: false,
          clause: 'amount > 10 OR NOT (flag AND EXISTS id)',
          kind: 'any',
          children: [
            { matched: false, clause: 'amount > 10', value: '5' },
            {
              matched: false,
              clause: 'NOT (flag AND EXISTS id)',
              kind: 'not',
              children: [
                {
                  matched: true,
                  clause: 'flag AND EXISTS id',
                  kind: 'all',
                  children: [
                    { matched: true, clause: 'flag', value: 'true' },
                    { matched: true, clause: 'EXISTS id', value: '1' },
                  ],
                },
              ],
            },
          ],
        },
      ],
    })
  })
  test('what a short circuit leaves out is left out', () => {
    const { children = [] } = explain({ cesql: "type = 'b' AND amount > 1 OR type = 'a' OR missing" })
    expect(children.map(({ clause }) => clause)).toEqual(["type = 'b'", "type = 'a'"])
  })
})

describe('the clause that kept an event out', () => {
  test.each<[string, FilterExpression[], string]>([
    ['one clause', [{ exact: { type: 'b' } }], 'exact type = "b"'],
    ['the first of several filters', [{ exact: { id: '1' } }, { exact: { type: 'b' } }], 'exact type = "b"'],
    ['inside of all', [{ all: [{ exact: { id: '1' } }, { exact: { type: 'b' } }] }], 'exact type = "b"'],
    [
      'any as a whole',
      [{ any: [{ exact: { type: 'b' } }, { exact: { type: 'c' } }] }],
      'any (exact type = "b", exact type = "c")',
    ],
    ['not as a whole', [{ not: { exact: { type: 'a' } } }], 'not (exact type = "a")'],
    ['inside of AND', [{ cesql: "type = 'a' AND amount > 10" }], 'amount > 10'],
    ['OR as a whole', [{ cesql: "type = 'b' OR amount > 10" }], "cesql type = 'b' OR amount > 10"],
  ])('%s', (_, filters, clause) => {
    expect(failedClause(explain(...filters))?.clause).toBe(clause)
  })
  test('is none where the event matched', () => {
    expect(failedClause(explain({ exact: { type: 'a' } }))).toBeUndefined()
  })
})

import fc from 'fast-check'

import { printCesql } from '../../src/filter/cesql/printer.ts'
import type { FilterExpression, FilterSpec } from '../../src/filter/filter.ts'
import { expressions } from './cesql/arbitrary-cesql.ts'

const names = fc.constantFrom('type', 'source', 'subject', 'amount', 'flag')
const values = fc.constantFrom('a', 'b', 'a.', '/a', '1', '01', '7', 'true', 'a.b')
const entries = fc.dictionary(names, values, { minKeys: 1, maxKeys: 2, noNullPrototype: true })

/** Clauses of CESQL that events do meet now and then. */
const clauses = fc.oneof(
  fc
    .tuple(names, fc.constantFrom('=', '!='), values)
    .map(([name, operator, value]) => `${name} ${operator} '${value}'`),
  fc.tuple(values, names).map(([value, name]) => `'${value}' = ${name}`),
  fc
    .tuple(names, fc.constantFrom('=', '<', '>='), fc.constantFrom('1', '7', 'TRUE'))
    .map((parts) => parts.join(' ')),
  fc
    .tuple(names, fc.constantFrom('LIKE', 'NOT LIKE'), fc.constantFrom('a%', '%a', 'a', '', '%', '/a_%'))
    .map(([name, operator, pattern]) => `${name} ${operator} '${pattern}'`),
  fc
    .tuple(
      names,
      fc.constantFrom('IN', 'NOT IN'),
      fc.array(fc.constantFrom("'a'", "'01'", '1', "'TRUE'", 'TRUE', 'type'), { minLength: 1, maxLength: 3 }),
    )
    .map(([name, operator, set]) => `${name} ${operator} (${set.join(', ')})`),
  names.map((name) => `EXISTS ${name}`),
  names,
  fc.constantFrom("type = 'a' = FALSE", '(flag AND amount) = FALSE', '(flag OR amount) = TRUE'),
  fc.constantFrom('TRUE', 'FALSE', 'LENGTH(type) = 1', "UPPER(type) = 'A'"),
)

const cesql = fc.letrec<{ text: string }>((tie) => ({
  text: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    clauses,
    fc
      .tuple(
        tie('text'),
        fc.array(fc.tuple(fc.constantFrom('AND', 'OR', 'XOR'), tie('text')), { minLength: 1, maxLength: 3 }),
      )
      .map(([first, links]) => `(${[first, ...links.flat()].join(' ')})`),
    tie('text').map((text) => `NOT (${text})`),
  ),
})).text

/** Filters of every dialect. */
export const filterExpressions: fc.Arbitrary<FilterExpression> = fc.letrec<{ filter: FilterExpression }>(
  (tie) => {
    const list = fc.array(tie('filter'), { minLength: 1, maxLength: 3 })
    return {
      filter: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        entries.map((exact) => ({ exact })),
        entries.map((prefix) => ({ prefix })),
        entries.map((suffix) => ({ suffix })),
        cesql.map((text) => ({ cesql: text })),
        expressions.map((tree) => ({ cesql: printCesql(tree) })),
        list.map((all) => ({ all })),
        list.map((any) => ({ any })),
        tie('filter').map((not) => ({ not })),
      ),
    }
  },
).filter

export const filterSpecs: fc.Arbitrary<FilterSpec> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ filters: fc.array(filterExpressions, { maxLength: 2 }) }) },
  fc.record({
    attributes: fc.dictionary(names, fc.oneof(values, fc.constant('')), {
      maxKeys: 2,
      noNullPrototype: true,
    }),
  }),
)

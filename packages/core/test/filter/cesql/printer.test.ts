import { printCesql } from '@millrace/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'

import { parseCesql } from '../../../src/filter/cesql/parser.ts'
import { expressions } from './arbitrary-cesql.ts'

test('parse, print and parse again is the identity', () => {
  fc.assert(
    fc.property(expressions, (tree) => {
      expect(parseCesql(printCesql(tree))).toEqual(tree)
    }),
    { numRuns: 2_000 },
  )
})

test.each([
  ["type='a' and not exists subject", "type = 'a' AND NOT EXISTS subject"],
  ['(a)and((b or c))', 'a AND (b OR c)'],
  ['a <> 1', 'a != 1'],
  ['- 5 + -5 + --5', '- 5 + -5 + --5'],
  ['n-1', 'n - 1'],
  ['-(a like "x")', "-(a LIKE 'x')"],
  ['not (a) in (1,2)', 'NOT a IN (1, 2)'],
  ['not (a in (1,2))', 'NOT (a IN (1, 2))'],
  ['a - (b - c)', 'a - (b - c)'],
  ['(a - b) - c', '(a - b) - c'],
  [`"it's"`, String.raw`'it\'s'`],
  ["substring ( a,1 ) NOT LIKE 'x'", "SUBSTRING(a, 1) NOT LIKE 'x'"],
])('%s is printed as %s', (expression, printed) => {
  expect(printCesql(parseCesql(expression))).toBe(printed)
})

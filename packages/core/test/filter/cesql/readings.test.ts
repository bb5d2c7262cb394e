import { cesqlReadings } from '@millrace/core'
import { expect, test } from 'vitest'

test.each([
  ['a AND b OR c', '(a AND b) OR c', 'a AND (b OR c)'],
  ['a OR b AND c', '(a OR b) AND c', 'a OR (b AND c)'],
  ['a AND b XOR c', '(a AND b) XOR c', 'a AND (b XOR c)'],
  ['a OR b OR c AND d', '((a OR b) OR c) AND d', 'a OR (b OR (c AND d))'],
  ["a = 1 AND b LIKE 'x' OR NOT c", "(a = 1 AND b LIKE 'x') OR NOT c", "a = 1 AND (b LIKE 'x' OR NOT c)"],
  ['x AND (a AND b OR c)', 'x AND ((a AND b) OR c)', 'x AND (a AND (b OR c))'],
  ['NOT (a AND b OR c)', 'NOT ((a AND b) OR c)', 'NOT (a AND (b OR c))'],
  ['-(a AND b OR c) = 1', '-((a AND b) OR c) = 1', '-(a AND (b OR c)) = 1'],
  ["(a AND b OR c) LIKE 't%'", "((a AND b) OR c) LIKE 't%'", "(a AND (b OR c)) LIKE 't%'"],
  ['x IN (a AND b OR c)', 'x IN ((a AND b) OR c)', 'x IN (a AND (b OR c))'],
  ['STRING(a AND b OR c)', 'STRING((a AND b) OR c)', 'STRING(a AND (b OR c))'],
])('%s is read in two ways', (expression, leftToRight, rightToLeft) => {
  expect(cesqlReadings(expression)).toEqual({ leftToRight, rightToLeft })
})

test.each([
  ['one operator', 'a AND b AND c'],
  ['one operator in any case', 'a and b AND c'],
  ['parentheses', '(a AND b) OR c'],
  ['operators of other levels', '1 + 2 * 3 - n = 4 AND TRUE'],
  ['one value', 'a'],
])('with %s there is one reading', (_, expression) => {
  expect(cesqlReadings(expression)).toBeUndefined()
})

import { describe } from 'vitest'

import { rule } from './rule.ts'

describe('the order of evaluation (3.6)', () => {
  rule('* before +', [
    ['4 * 2 + 4 / 2', 10],
    ['2 + 3 * 4', 14],
  ])
  rule('+ before =', [
    ['1 + 1 = 2', true],
    ['2 = 1 + 1', true],
  ])
  rule('= before AND', [['1 = 1 AND 2 = 2', true]])
  rule('LIKE and IN before the binary operators', [
    ["'a' = 'a' LIKE 'b'", true, 'cast'],
    ['1 + 2 IN (3)', 1],
    ["TRUE = 'a' LIKE 'a'", true],
  ])
  rule('NOT and - before LIKE and IN', [
    ["NOT 'true' LIKE 'fal%'", true],
    ["-5 LIKE '-_'", true],
    ['-hop IN (-3)', true],
    ['NOT TRUE IN (FALSE)', true],
  ])
  rule('NOT before =', [
    ['NOT FALSE = FALSE', false],
    ['NOT (FALSE = FALSE)', false],
    ['NOT TRUE = FALSE', true],
  ])
  rule('operators of one level from left to right', [
    ['10 - 3 - 2', 5],
    ['2 * 7 / 4', 3],
    ['7 / 4 * 2', 2],
    ['3 > 2 > 1', false],
    ['1 = 1 = TRUE', true],
  ])
  rule('AND, OR and XOR are of one level', [
    ['TRUE OR FALSE AND FALSE', false],
    ['TRUE OR (FALSE AND FALSE)', true],
    ['FALSE AND FALSE OR TRUE', true],
    ['FALSE AND (FALSE OR TRUE)', false],
    ['TRUE OR TRUE XOR TRUE', false],
  ])
  rule('parentheses before all', [
    ['4 * (2 + 4) / 2', 12],
    ['((TRUE))', true],
    ['-(-(5))', 5],
  ])
  rule('keywords in any case, white space anywhere', [
    ['not\tfalse\r\nand true', true],
    ['LeNgTh ( id )=3', true],
    ["id   LIKE'a%'", true],
  ])
})

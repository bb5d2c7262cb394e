import { describe } from 'vitest'

import { rule } from './rule.ts'

describe('comparison (3.4.2)', () => {
  rule('= compares Booleans, Integers and Strings', [
    ['TRUE = TRUE', true],
    ['TRUE = FALSE', false],
    ['2 = 2', true],
    ['2 = 3', false],
    ["'a' = 'a'", true],
    ["'a' = 'b'", false],
  ])
  rule('Strings are compared case-sensitively', [
    ["'a' = 'A'", false],
    ["'a' != 'A'", true],
  ])
  rule('!= and <> are NOT =', [
    ['TRUE != FALSE', true],
    ['2 != 2', false],
    ['2 <> 3', true],
    ["'a' <> 'a'", false],
  ])
  rule('<, <=, > and >= compare Integers', [
    ['1 < 2', true],
    ['2 < 2', false],
    ['2 <= 2', true],
    ['3 <= 2', false],
    ['2 > 1', true],
    ['2 > 2', false],
    ['2 >= 2', true],
    ['2 >= 3', false],
    ['-1 < 0', true],
  ])
  rule('<, <=, > and >= cast both sides to Integer', [
    ['hop < ttl', true],
    ["'3' < '12'", true],
    ['FALSE < TRUE', true],
    ["'a' < 'b'", false, 'cast', 'cast'],
    ["'a' <= 5", true, 'cast'],
  ])
  rule('the type on the right decides which equality it is (3.7)', [
    ['hop = 3', true],
    ["hop = '03'", false],
    ["'03' = 3", true],
    ["TRUE = 'true'", true],
    ["TRUE = 'TRUE'", false],
    ["'TRUE' = TRUE", true],
    ["FALSE = 'false'", true],
    ['1 = TRUE', true],
    ['2 = TRUE', true],
    ['TRUE = 1', true],
    ['TRUE = 2', false],
    ['count = "7"', true],
    ['"7" = count', true],
    ['"07" = count', true],
    ['flag = "true"', true],
    ["'x' = 3", false, 'cast'],
    ["'x' != 3", true, 'cast'],
    ["'x' = TRUE", false, 'cast'],
  ])
})

describe('arithmetic (3.4.2)', () => {
  rule('+, - and *', [
    ['4 + 1', 5],
    ['4 + -1', 3],
    ['4 - 1', 3],
    ['-4 - 1', -5],
    ['4 * -3', -12],
    ['0 * -3', 0],
  ])
  rule('/ rounds towards zero', [
    ['7 / 2', 3],
    ['-7 / 2', -3],
    ['7 / -2', -3],
    ['-1 / 5', 0],
  ])
  rule('% has the sign of the dividend', [
    ['7 % 3', 1],
    ['-7 % 3', -1],
    ['7 % -3', 1],
    ['-6 % 3', 0],
  ])
  rule('a division by zero is an error with the value 0', [
    ['5 / 0', 0, 'math'],
    ['5 % 0', 0, 'math'],
    ['0 / 0', 0, 'math'],
  ])
  rule('both sides are cast to Integer', [
    ["'5' + 3", 8],
    ["5 + '3'", 8],
    ["'5' + '3'", 8],
    ['5 + TRUE', 6],
    ['ttl - hop', 9],
    ["5 + 'x'", 5, 'cast'],
    ["'5.0' * 2", 0, 'cast'],
  ])
  rule('a result beyond 32 bits is an error with the value 0', [
    ['2147483647 + 1', 0, 'math'],
    ['-2147483648 - 1', 0, 'math'],
    ['65536 * 65536', 0, 'math'],
    ['2147483647 * 2147483647', 0, 'math'],
    ['-2147483648 / -1', 0, 'math'],
    ['-2147483648 % -1', 0],
  ])
  rule('a minus after a value is always the operator', [
    ['count-1', 6],
    ['count -1', 6],
    ['count - -1', 8],
    ['5-3', 2],
    ['5+3', 8],
    ['5+-3', 2],
    ['count--1', 8],
  ])
})

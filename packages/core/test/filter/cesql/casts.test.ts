import { describe } from 'vitest'

import { rule } from './rule.ts'

describe('casts (3.7), explicit ones', () => {
  rule('String to Integer: digits with or without a sign, within 32 bits', [
    ["INT('1')", 1],
    ["INT('-1')", -1],
    ["INT('+1')", 1],
    ["INT('007')", 7],
    ["INT('-0')", 0],
    ["INT('2147483647')", 2_147_483_647],
    ["INT('-2147483648')", -2_147_483_648],
    ["INT('2147483648')", 0, 'cast'],
    ["INT('99999999999999999999')", 0, 'cast'],
    ["INT('')", 0, 'cast'],
    ["INT('-')", 0, 'cast'],
    ["INT('1.0')", 0, 'cast'],
    ["INT('1e3')", 0, 'cast'],
    ["INT('0x1')", 0, 'cast'],
    ["INT(' 1')", 0, 'cast'],
    ["INT('ABC')", 0, 'cast'],
  ])
  rule('Boolean to Integer', [
    ['INT(TRUE)', 1],
    ['INT(FALSE)', 0],
  ])
  rule('Integer to Integer', [['INT(-1)', -1]])
  rule('String to Boolean: true or false in any case', [
    ["BOOL('true')", true],
    ["BOOL('TRUE')", true],
    ["BOOL('False')", false],
    ["BOOL('')", false, 'cast'],
    ["BOOL('yes')", false, 'cast'],
    ["BOOL('1')", false, 'cast'],
    ["BOOL(' true')", false, 'cast'],
  ])
  rule('Integer to Boolean: false is 0', [
    ['BOOL(0)', false],
    ['BOOL(1)', true],
    ['BOOL(-50)', true],
  ])
  rule('Boolean to Boolean', [['BOOL(TRUE)', true]])
  rule('Integer to String', [
    ['STRING(1)', '1'],
    ['STRING(-1)', '-1'],
    ['STRING(007)', '7'],
    ['STRING(-0)', '0'],
  ])
  rule('Boolean to String', [
    ['STRING(TRUE)', 'true'],
    ['STRING(FALSE)', 'false'],
  ])
  rule('String to String', [["STRING('aB')", 'aB']])
  rule('IS_INT and IS_BOOL tell whether a cast would succeed', [
    ['IS_INT(hop)', true],
    ["IS_INT('x')", false],
    ['IS_INT(TRUE)', true],
    ["IS_INT('2147483648')", false],
    ["IS_BOOL('False')", true],
    ['IS_BOOL(type)', false],
    ['IS_BOOL(3)', true],
    ['IS_INT(missing)', false, 'missingAttribute'],
  ])
})

describe('casts (3.7), implicit ones', () => {
  rule('arguments are cast to the types of the parameters', [
    ['LENGTH(TRUE)', 4],
    ['LENGTH(-12)', 3],
    ["LEFT('abc', '2')", 'ab'],
    ["LEFT('abc', TRUE)", 'a'],
    ["LEFT('abc', 'x')", '', 'cast'],
    ["ABS('-3')", 3],
    ["CONCAT(hop + 10, '!')", '13!'],
  ])
  rule('the result is cast on', [
    ["LENGTH('abc') + '2'", 5],
    ["NOT LENGTH('')", true],
    ["CONCAT('4', '2') = 42", true],
  ])
})

import { compileCesql } from '@millrace/core'
import { describe, expect, test } from 'vitest'

import { rule } from './rule.ts'

describe('functions on strings (3.5.1)', () => {
  rule('LENGTH counts characters', [
    ["LENGTH('abc')", 3],
    ["LENGTH('')", 0],
    ["LENGTH('Zoë 😀')", 5],
  ])
  rule('CONCAT takes any number of strings, none too', [
    ["CONCAT('a', 'b', 'c')", 'abc'],
    ["CONCAT('a')", 'a'],
    ['CONCAT()', ''],
    ["CONCAT(type, ' ', 1)", 'com.shop.order.created 1'],
  ])
  rule('CONCAT_WS puts the delimiter between the strings', [
    ["CONCAT_WS(', ', 'a', 'b', 'c')", 'a, b, c'],
    ["CONCAT_WS(', ', 'a')", 'a'],
    ["CONCAT_WS(', ')", ''],
    ["CONCAT_WS('', 'a', '', 'b')", 'ab'],
    ["CONCAT_WS('-', '', '')", '-'],
  ])
  rule('LOWER and UPPER', [
    ["LOWER('AbC')", 'abc'],
    ["UPPER('AbC')", 'ABC'],
    ["UPPER('straße')", 'STRASSE'],
    ["LOWER('ÅÉ')", 'åé'],
  ])
  rule('TRIM takes off white space of Unicode and nothing else', [
    ["TRIM('  a b  ')", 'a b'],
    ["TRIM('a')", 'a'],
    ["TRIM('   ')", ''],
    ["TRIM('\u2003\u00a0\u0085a\t\n')", 'a'],
    ["TRIM('\u0000a\u200b')", '\u0000a\u200b'],
    ["TRIM('\ufeffa')", '\ufeffa'],
  ])
  rule('LEFT takes the first characters', [
    ["LEFT('abc', 2)", 'ab'],
    ["LEFT('abc', 3)", 'abc'],
    ["LEFT('abc', 10)", 'abc'],
    ["LEFT('abc', 0)", ''],
    ["LEFT('', 3)", ''],
    ["LEFT('😀b', 1)", '😀'],
    ["LEFT('abc', -2)", 'abc', 'functionEvaluation'],
  ])
  rule('RIGHT takes the last characters', [
    ["RIGHT('abc', 2)", 'bc'],
    ["RIGHT('abc', 3)", 'abc'],
    ["RIGHT('abc', 10)", 'abc'],
    ["RIGHT('abc', 0)", ''],
    ["RIGHT('', 3)", ''],
    ["RIGHT('a😀', 1)", '😀'],
    ["RIGHT('abc', -2)", 'abc', 'functionEvaluation'],
  ])
  rule('SUBSTRING goes to the end', [
    ["SUBSTRING('abcdef', 1)", 'abcdef'],
    ["SUBSTRING('abcdef', 4)", 'def'],
    ["SUBSTRING('abcdef', 6)", 'f'],
    ["SUBSTRING('😀bc', 2)", 'bc'],
  ])
  rule('SUBSTRING from a negative position counts from the end', [
    ["SUBSTRING('abcdef', -2)", 'ef'],
    ["SUBSTRING('abcdef', -6)", 'abcdef'],
    ["SUBSTRING('ab😀', -1)", '😀'],
  ])
  rule('SUBSTRING from position 0 is empty', [
    ["SUBSTRING('abc', 0)", ''],
    ["SUBSTRING('abc', 0, 2)", ''],
    ["SUBSTRING('', 0)", ''],
  ])
  rule('SUBSTRING with a length', [
    ["SUBSTRING('abcdef', 2, 3)", 'bcd'],
    ["SUBSTRING('abcdef', 2, 0)", ''],
    ["SUBSTRING('abcdef', 5, 10)", 'ef'],
    ["SUBSTRING('abcdef', -3, 2)", 'de'],
    ["SUBSTRING('abcdef', -2, 10)", 'ef'],
    ["SUBSTRING('😀bc', 1, 2)", '😀b'],
  ])
  rule('SUBSTRING beyond the string is an error', [
    ["SUBSTRING('abc', 4)", '', 'functionEvaluation'],
    ["SUBSTRING('abc', -4)", '', 'functionEvaluation'],
    ["SUBSTRING('abc', 4, 1)", '', 'functionEvaluation'],
    ["SUBSTRING('', 1)", '', 'functionEvaluation'],
  ])
  rule('SUBSTRING with a negative length is an error', [
    ["SUBSTRING('abc', 1, -1)", '', 'functionEvaluation'],
    ["SUBSTRING('abc', 0, -1)", '', 'functionEvaluation'],
  ])
  test('a result longer than any attribute is an error', () => {
    const twice = compileCesql('CONCAT(x, x)').evaluate({ x: 'x'.repeat(600_000) })
    expect(twice).toMatchObject({ value: '', errors: [{ kind: 'functionEvaluation' }] })
    const upper = compileCesql('UPPER(x)').evaluate({ x: 'ß'.repeat(600_000) })
    expect(upper).toMatchObject({ value: '', errors: [{ kind: 'functionEvaluation' }] })
  })
})

describe('functions on integers (3.5.2)', () => {
  rule('ABS', [
    ['ABS(10)', 10],
    ['ABS(-10)', 10],
    ['ABS(0)', 0],
  ])
  rule('ABS of the least integer is the greatest one and an error', [
    ['ABS(-2147483648)', 2_147_483_647, 'math'],
  ])
})

describe('calls (2.4, 3.5)', () => {
  rule('names are read in any case', [
    ["length('ab')", 2],
    ["Concat_Ws('-', 1, 2)", '1-2'],
  ])
})

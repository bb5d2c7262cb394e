import { compileCesql } from '@millrace/core'
import { describe, expect, test } from 'vitest'

import { event, rule } from './rule.ts'

describe('literals (2.2)', () => {
  rule('integers may have a sign', [
    ['0', 0],
    ['42', 42],
    ['-42', -42],
    ['+42', 42],
    ['-0', 0],
    ['007', 7],
  ])
  rule('integers go up to the limits of 32 bits', [
    ['2147483647', 2_147_483_647],
    ['-2147483648', -2_147_483_648],
  ])
  rule('booleans are read in any case', [
    ['true', true],
    ['TRUE', true],
    ['tRuE', true],
    ['false', false],
    ['False', false],
  ])
  rule('strings have either kind of quotes and keep their case', [
    [`'aBc'`, 'aBc'],
    [`"aBc"`, 'aBc'],
    [`''`, ''],
    [`"it's"`, `it's`],
    [`'say "hi"'`, 'say "hi"'],
    [`'Zoë 😀'`, 'Zoë 😀'],
    [`'two\nlines'`, 'two\nlines'],
  ])
  rule('a backslash before the own quote escapes it', [
    [String.raw`'it\'s'`, `it's`],
    [String.raw`"say \"hi\""`, 'say "hi"'],
  ])
  rule('any other backslash stands for itself', [
    [String.raw`'C:\dir'`, String.raw`C:\dir`],
    [String.raw`'a\\b'`, String.raw`a\\b`],
    [String.raw`'a\"b'`, String.raw`a\"b`],
    [String.raw`"a\'b"`, String.raw`a\'b`],
  ])
})

describe('attributes (3.2)', () => {
  rule('every attribute and extension is addressed by its name', [
    ['id', 'a-1'],
    ['type', 'com.shop.order.created'],
    ['subject', 'orders/17'],
    ['time', '2026-11-22T18:09:12.123456789Z'],
    ['2nd', 'two'],
    ['empty', ''],
  ])
  rule('attributes that came as text are Strings, the JSON types Integer and Boolean stay what they are', [
    ['hop', '3'],
    ['yes', 'true'],
    ['count', 7],
    ['flag', true],
  ])
  rule('a name of a function is an attribute where no parenthesis follows', [
    ['int', false, 'missingAttribute'],
  ])
  rule('a missing attribute alone is false with an error', [
    ['missing', false, 'missingAttribute'],
    ['(missing)', false, 'missingAttribute'],
  ])
  rule('what is made of a missing attribute has the zero value of its own type', [
    ['missing = 2', false, 'missingAttribute'],
    ['missing != 2', false, 'missingAttribute'],
    ['missing <> 2', false, 'missingAttribute'],
    ['2 < missing', false, 'missingAttribute'],
    ['missing >= 2', false, 'missingAttribute'],
    ['missing = missing', false, 'missingAttribute', 'missingAttribute'],
    ['missing * 5', 0, 'missingAttribute'],
    ['5 - missing', 0, 'missingAttribute'],
    ['-missing', 0, 'missingAttribute'],
    ['NOT missing', false, 'missingAttribute'],
    ["missing LIKE '%'", false, 'missingAttribute'],
    ["missing NOT LIKE 'x'", false, 'missingAttribute'],
    ["missing IN ('a')", false, 'missingAttribute'],
    ["missing NOT IN ('a')", false, 'missingAttribute'],
    ["'a' IN ('a', missing)", false, 'missingAttribute'],
    ["'a' NOT IN (missing)", false, 'missingAttribute'],
    ['missing AND TRUE', false, 'missingAttribute'],
    ['missing OR TRUE', false, 'missingAttribute'],
    ['FALSE OR missing', false, 'missingAttribute'],
    ['TRUE XOR missing', false, 'missingAttribute'],
    ['LENGTH(missing)', 0, 'missingAttribute'],
    ["CONCAT('a', missing)", '', 'missingAttribute'],
    ['INT(missing)', 0, 'missingAttribute'],
    ['BOOL(missing)', false, 'missingAttribute'],
    ['STRING(missing)', '', 'missingAttribute'],
  ])
  rule('a division by a missing attribute is no division by zero', [
    ['1 / missing', 0, 'missingAttribute'],
    ['missing / 0', 0, 'missingAttribute'],
    ['missing % 0', 0, 'missingAttribute'],
  ])
  rule('the evaluation goes on with the zero value, and the error stays', [
    ["(missing = 'a') OR TRUE", true, 'missingAttribute'],
    ["NOT (missing = 'a')", true, 'missingAttribute'],
    ['1 + missing * 5', 1, 'missingAttribute'],
  ])
  test('an empty subject counts as none', () => {
    const blank = { id: '1', subject: '' }
    expect(compileCesql("subject = ''").evaluate(blank)).toMatchObject({
      value: false,
      errors: [{ kind: 'missingAttribute' }],
    })
    expect(compileCesql('EXISTS subject').evaluate(blank)).toEqual({ value: false, errors: [] })
  })
  test('a number beyond the Integers is its text (3.2)', () => {
    expect(compileCesql('x').evaluate({ x: 2 ** 31 })).toEqual({ value: '2147483648', errors: [] })
    expect(compileCesql('x').evaluate({ x: 0.5 })).toEqual({ value: '0.5', errors: [] })
  })
  test('the event is left as it is', () => {
    const frozen = Object.freeze({ ...event })
    compileCesql("CONCAT(UPPER(type), name) LIKE 'COM%' AND count + 1 = 8").evaluate(frozen)
    expect(frozen).toEqual(event)
  })
})

describe('unary operators (3.4.1)', () => {
  rule('NOT negates', [
    ['NOT TRUE', false],
    ['NOT FALSE', true],
    ['not not true', true],
    ['NOT (1 = 1)', false],
  ])
  rule('NOT casts to Boolean', [
    ['NOT yes', false],
    ['NOT no', true],
    ['NOT 10', false],
    ['NOT 0', true],
    ["NOT 'ten'", true, 'cast'],
  ])
  rule('- negates', [
    ['-hop', -3],
    ['- 5', -5],
    ['--5', 5],
    ['- -5', 5],
    ['---5', -5],
    ['-(2 + 3)', -5],
  ])
  rule('- casts to Integer', [
    ["-'10'", -10],
    ["--'10'", 10],
    ['-TRUE', -1],
    ["-'x'", 0, 'cast'],
  ])
  rule('the negation of the least integer is an error', [
    ['--2147483648', 0, 'math'],
    ["-'-2147483648'", 0, 'math'],
  ])
})

describe('logic (3.4.2)', () => {
  rule('AND', [
    ['TRUE AND TRUE', true],
    ['TRUE AND FALSE', false],
    ['FALSE AND TRUE', false],
    ['FALSE AND FALSE', false],
  ])
  rule('OR', [
    ['TRUE OR TRUE', true],
    ['TRUE OR FALSE', true],
    ['FALSE OR TRUE', true],
    ['FALSE OR FALSE', false],
  ])
  rule('XOR', [
    ['TRUE XOR TRUE', false],
    ['TRUE XOR FALSE', true],
    ['FALSE XOR TRUE', true],
    ['FALSE XOR FALSE', false],
  ])
  rule('the operands are cast to Boolean', [
    ['yes AND 5', true],
    ["'TRUE' OR FALSE", true],
    ['no XOR 1', true],
    ["TRUE AND 'x'", false, 'cast'],
    ["'x' OR TRUE", true, 'cast'],
  ])
  rule('the right of AND is not evaluated where the left is false', [
    ['FALSE AND 1 / 0 = 1', false],
    ['FALSE AND missing', false],
    ['TRUE AND 1 / 0 = 1', false, 'math'],
  ])
  rule('the right of OR is not evaluated where the left is true', [
    ['TRUE OR 1 / 0 = 1', true],
    ['TRUE OR missing', true],
    ['FALSE OR 1 / 0 = 1', false, 'math'],
  ])
  rule('XOR evaluates both sides', [['TRUE XOR 1 / 0 = 1', true, 'math']])
  rule('a short circuit leaves out one operand, not the rest of the chain', [
    ['FALSE AND missing OR TRUE', true],
    ['TRUE OR missing AND TRUE', true],
    ['TRUE OR missing AND FALSE', false],
  ])
})

describe('EXISTS (3.4.4)', () => {
  rule('tells whether the event has the attribute', [
    ['EXISTS id', true],
    ['EXISTS subject', true],
    ['EXISTS empty', true],
    ['exists missing', false],
    ['NOT EXISTS missing', true],
    ['EXISTS missing OR EXISTS type', true],
  ])
})

describe('IN (3.4.5)', () => {
  rule('is true where the set has the value', [
    ["'b' IN ('a', 'b')", true],
    ["'c' IN ('a', 'b')", false],
    ['2 IN (1, 1 + 1)', true],
    ['TRUE IN (FALSE)', false],
    ["type IN ('com.shop.order.created')", true],
    ['hop IN (ttl, hop)', true],
  ])
  rule('the elements are cast to the type of the left side', [
    ['hop IN (1, 2, 3)', true],
    ["hop IN ('03')", false],
    ["3 IN ('03')", true],
    ["count IN ('07', 'x')", true, 'cast'],
    ['yes IN (TRUE)', true],
    ['no IN (FALSE)', false],
    ["1 IN ('x', 1)", true, 'cast'],
    ["TRUE IN ('TRUE')", true],
  ])
  rule('NOT IN is its negation', [
    ["'b' NOT IN ('a', 'b')", false],
    ["'c' NOT IN ('a', 'b')", true],
  ])
  rule('every element is evaluated', [["'a' IN ('a', 1 / 0)", true, 'math']])
})

import { CesqlSyntaxError, compileCesql } from '@millrace/core'
import { describe, expect, test } from 'vitest'

function refusal(expression: string): CesqlSyntaxError {
  try {
    compileCesql(expression)
  } catch (error) {
    if (error instanceof CesqlSyntaxError) return error
    throw error
  }
  throw new Error(`${expression} was taken`)
}

describe('an expression that cannot be read', () => {
  test('says line, column, what was found and what was expected, and shows the place', () => {
    const error = refusal("type = 'a'\n  AND AND EXISTS subject")
    expect(error).toMatchObject({
      code: 'invalid-cesql',
      line: 2,
      column: 7,
      found: '"AND"',
      expected: 'a value',
      expression: "type = 'a'\n  AND AND EXISTS subject",
      excerpt: '  AND AND EXISTS subject\n      ^',
    })
    expect(error.message).toBe(
      'line 2, column 7: found "AND", expected a value\n  AND AND EXISTS subject\n      ^',
    )
  })
  test('counts columns in characters', () => {
    expect(refusal("'😀' = = 1")).toMatchObject({ column: 7, excerpt: "'😀' = = 1\n      ^" })
  })
  test('of a long line only the part around the place is shown', () => {
    const { excerpt, column } = refusal(`${'a AND '.repeat(30)}AND ${'b OR '.repeat(30)}c`)
    const [line = '', caret = ''] = excerpt.split('\n')
    expect(column).toBe(181)
    expect(line.length).toBeLessThan(90)
    expect(line.slice(caret.length - 1)).toMatch(/^AND b OR/)
  })
})

describe('what is refused', () => {
  test.each([
    ['an empty expression', '', 1, 'the end', 'a value'],
    ['white space alone', ' \n ', 2, 'the end', 'a value'],
    ['a missing right side', 'a =', 4, 'the end', 'a value'],
    ['a missing left side', '= 1', 1, '"="', 'a value'],
    ['two values side by side', 'a b', 3, '"b"', 'an operator or the end'],
    ['an open parenthesis', '(a', 3, 'the end', 'an operator or ")"'],
    ['a closing parenthesis alone', 'a)', 2, '")"', 'an operator or the end'],
    ['empty parentheses', '()', 2, '")"', 'a value'],
    ['a string without an end', "a = 'x", 5, 'a string without an end', "a closing '"],
    ['a string whose end is escaped', String.raw`'x\'`, 1, 'a string without an end', "a closing '"],
    ['a doubled quote', "'it''s'", 5, '"\'s\'"', 'an operator or the end'],
    ['a character of no meaning', 'a § b', 3, '"§"', 'a value or an operator'],
    ['a no-break space', 'a\u00a0= 1', 2, '"\u00a0"', 'a value or an operator'],
    ['==', 'a == 1', 4, '"="', 'a value'],
    [
      'an integer beyond 32 bits',
      '2147483648',
      1,
      '"2147483648"',
      'an integer from -2147483648 to 2147483647',
    ],
    ['a negative one', '1 - -2147483649', 5, '"-2147483649"', 'an integer from -2147483648 to 2147483647'],
    [
      'the negation of an integer beyond 32 bits',
      '- 2147483648',
      3,
      '"2147483648"',
      'an integer from -2147483648 to 2147483647',
    ],
    ['a plus without digits', '+ 5', 3, '"5"', 'digits right after the sign'],
    [
      'an attribute in upper case',
      "Type = 'x'",
      1,
      '"Type"',
      "an attribute's name in lower-case letters and digits, such as type",
    ],
    [
      'an attribute with an underscore',
      'a_b = 1',
      1,
      '"a_b"',
      "an attribute's name in lower-case letters and digits, such as ab",
    ],
    ['a keyword as an attribute', 'in = 1', 1, '"in"', 'a value'],
    ['EXISTS of no attribute', 'EXISTS (a)', 8, '"("', 'the name of an attribute'],
    ['EXISTS of a keyword', 'EXISTS true', 8, '"true"', 'the name of an attribute'],
    ['NOT between values', 'a NOT 1', 7, '"1"', 'LIKE or IN'],
    ['a pattern that is no string literal', 'a LIKE b', 8, '"b"', 'a pattern in quotes'],
    ['a pattern in parentheses', "a LIKE ('b')", 8, '"("', 'a pattern in quotes'],
    ['a set without parentheses', 'a IN 1', 6, '"1"', '"(" and the values of the set'],
    ['an empty set', 'a IN ()', 7, '")"', 'a value'],
    ['an open set', 'a IN (1, 2', 11, 'the end', 'an operator, "," or ")"'],
    ['an open call', 'LENGTH(a', 9, 'the end', 'an operator, "," or ")"'],
    ['too few arguments', 'LENGTH()', 1, 'LENGTH with 0 arguments', 'LENGTH(x)'],
    ['too many arguments', 'abs(1, 2)', 1, 'ABS with 2 arguments', 'ABS(x)'],
    [
      'a number of arguments that no overload has',
      "SUBSTRING('a')",
      1,
      'SUBSTRING with 1 argument',
      'SUBSTRING(x, pos) or SUBSTRING(x, pos, len)',
    ],
    ['a delimiter too few', 'CONCAT_WS()', 1, 'CONCAT_WS with 0 arguments', 'CONCAT_WS(delimiter, x, …)'],
  ])('%s', (_, expression, column, found, expected) => {
    expect(refusal(expression)).toMatchObject({ column, found, expected })
  })
  test('an unknown function, with the names of those that there are', () => {
    expect(refusal('a AND LEN(b) = 1')).toMatchObject({
      column: 7,
      found: '"LEN"',
      expected: expect.stringMatching(/^a function: ABS, .*, LENGTH, .*, UPPER$/) as string,
    })
  })
})

describe('limits', () => {
  test('8 KiB of text, counted in bytes', () => {
    const longest = `'${'x'.repeat(8_190)}'`
    expect(compileCesql(longest).evaluate({}).value).toHaveLength(8_190)
    expect(refusal(`${longest} `)).toMatchObject({ found: '8193 bytes', expected: 'at most 8192 bytes' })
    expect(refusal(`'${'ä'.repeat(4_096)}'`)).toMatchObject({ found: '8194 bytes' })
  })
  test.each([
    ['parentheses', (depth: number) => '('.repeat(depth) + 'TRUE' + ')'.repeat(depth)],
    ['NOT', (depth: number) => 'NOT '.repeat(depth) + 'TRUE'],
    ['calls', (depth: number) => 'BOOL('.repeat(depth) + 'TRUE' + ')'.repeat(depth)],
    ['minuses', (depth: number) => '- '.repeat(depth) + '1'],
    ['sets', (depth: number) => '1 IN ('.repeat(depth) + '1' + ')'.repeat(depth)],
  ])('100 %s inside one another', (_, nested) => {
    expect(compileCesql(nested(100)).evaluate({}).errors).toEqual([])
    expect(refusal(nested(101))).toMatchObject({
      expected: 'no more than 100 parentheses, prefix operators and calls inside one another',
    })
  })
  test.each([
    ['AND', 'TRUE AND '.repeat(900) + 'TRUE', true],
    ['+', '1 + '.repeat(2_000) + '1', 2_001],
    ['=', 'TRUE = '.repeat(1_000) + 'TRUE', true],
    ['LIKE', 'TRUE' + " LIKE 'true'".repeat(600), true],
    ['arguments', `LENGTH(CONCAT(${"'x', ".repeat(1_500)}'x'))`, 1_501],
  ])('a chain of %s as long as the text allows is flat', (_, expression, value) => {
    expect(compileCesql(expression).evaluate({})).toEqual({ value, errors: [] })
  })
})

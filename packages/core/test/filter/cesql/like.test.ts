import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { compileLike, likeAutomaton, patternParts } from '../../../src/filter/cesql/like.ts'
import type { PatternPart } from '../../../src/filter/cesql/like.ts'
import { rule } from './rule.ts'

describe('LIKE (3.4.3)', () => {
  rule('text is matched as it is', [
    ["'abc' LIKE 'abc'", true],
    ["'abc' LIKE 'ab'", false],
    ["'abc' LIKE 'bc'", false],
    ["'aBc' LIKE 'abc'", false],
    ["'' LIKE ''", true],
    ["'a' LIKE ''", false],
    ["'a.c' LIKE 'a.c'", true],
    ["'abc' LIKE 'a.c'", false],
  ])
  rule('% is any number of characters', [
    ["'' LIKE '%'", true],
    ["'abc' LIKE '%'", true],
    ["'abc' LIKE 'a%'", true],
    ["'abc' LIKE '%c'", true],
    ["'abc' LIKE '%b%'", true],
    ["'ac' LIKE 'a%b%c'", false],
    ["'azzbzzc' LIKE 'a%b%c'", true],
    ["'aba' LIKE 'ab%ba'", false],
    ["'abba' LIKE 'ab%ba'", true],
    ["'a-bba' LIKE 'a%bb%ba'", false],
    ["'a-bbba' LIKE 'a%bb%ba'", true],
    ["'abab' LIKE '%ab'", true],
    ["'a%c' LIKE 'a%%c'", true],
  ])
  rule('_ is one character, however it is encoded', [
    ["'abc' LIKE 'a_c'", true],
    ["'ac' LIKE 'a_c'", false],
    ["'abbc' LIKE 'a_c'", false],
    ["name LIKE 'Zo_ _'", true],
    ["name LIKE '_____'", true],
    ["name LIKE '______'", false],
    ["'abcd' LIKE '_b%'", true],
    ["'b' LIKE '_b%'", false],
    ["'axbxc' LIKE '%_b_%'", true],
  ])
  rule('an escaped wildcard is the character', [
    [String.raw`'100%' LIKE '100\%'`, true],
    [String.raw`'100 times' LIKE '100\%'`, false],
    [String.raw`'a_b' LIKE 'a\_b'`, true],
    [String.raw`'axb' LIKE 'a\_b'`, false],
    [String.raw`'50%_x' LIKE '%\%\__'`, true],
  ])
  rule('any other backslash in a pattern is a backslash', [
    [String.raw`'C:\dir' LIKE 'C:\d%'`, true],
    [String.raw`'a\b' LIKE 'a\b'`, true],
    [String.raw`'a\b' LIKE 'a_b'`, true],
  ])
  rule('the left side is cast to String', [
    ["234 LIKE '2_4'", true],
    ["TRUE LIKE 't%'", true],
    ["FALSE LIKE 't%'", false],
    ["count LIKE '7'", true],
  ])
  rule('NOT LIKE is its negation', [
    ["'abc' NOT LIKE 'a%'", false],
    ["'abc' not like 'b%'", true],
  ])
})

describe('the cost of a pattern', () => {
  test('the automaton looks at each character once, whatever the pattern', () => {
    fc.assert(
      fc.property(patterns, texts, (pattern, text) => {
        let looks = 0
        const counted = Iterator.from(text).map((character) => {
          looks++
          return character
        })
        likeAutomaton(patternParts(pattern))(counted)
        expect(looks).toBeLessThanOrEqual(Array.from(text).length)
      }),
    )
  })
  test.each([
    ['many wildcards', '%a'.repeat(4_000), 'a'.repeat(65_535)],
    ['many wildcards and a miss at the end', `${'%a'.repeat(4_000)}%b`, 'a'.repeat(65_535)],
    ['one long piece that nearly fits everywhere', `%b${'a'.repeat(8_000)}%`, 'a'.repeat(65_535)],
    ['one long piece with a gap', `%${'a'.repeat(4_000)}_${'a'.repeat(4_000)}b%`, 'a'.repeat(65_535)],
    ['short pieces that nearly fit', `%${'a'.repeat(63)}b%`.repeat(100), 'a'.repeat(65_535)],
  ])('64 KiB against %s comes to an end', (_, pattern, text) => {
    expect(compileLike(pattern)(text)).toBe(pattern.startsWith('%a%a') && pattern.endsWith('a'))
  })
})

describe('LIKE against a plain definition', () => {
  test('search and automaton both agree with it', () => {
    fc.assert(
      fc.property(patterns, texts, (pattern, text) => {
        const parts = patternParts(pattern)
        const expected = fits(parts, Array.from(text))
        expect(compileLike(pattern)(text)).toBe(expected)
        expect(likeAutomaton(parts)(text)).toBe(expected)
      }),
      { numRuns: 2_000 },
    )
  })
})

const patterns = fc
  .array(fc.constantFrom('a', 'b', '😀', '%', '_', String.raw`\%`, String.raw`\_`, '\\', 'ab'.repeat(20)), {
    maxLength: 8,
  })
  .map((pieces) => pieces.join(''))

const texts = fc
  .array(fc.constantFrom('a', 'b', '😀', '%', '_', '\\', 'ab'.repeat(20)), { maxLength: 8 })
  .map((pieces) => pieces.join(''))

/** The definition of LIKE, word for word, without a thought of its cost. */
function fits([part, ...parts]: readonly PatternPart[], text: readonly string[]): boolean {
  if (part === undefined) return text.length === 0
  if (part.kind === 'one') return text.length > 0 && fits(parts, text.slice(1))
  if (part.kind === 'many')
    return Array.from({ length: text.length + 1 }, (_, skipped) => skipped).some((skipped) =>
      fits(parts, text.slice(skipped)),
    )
  const characters = Array.from(part.text)
  return (
    characters.every((character, index) => text[index] === character) &&
    fits(parts, text.slice(characters.length))
  )
}

import { expect, test } from 'vitest'
import { asAttributeText } from '../src/attribute-text.ts'

test('what attributes may hold stays as it is', () => {
  expect(asAttributeText(':bug: Bugfix – größer 🐛')).toBe(':bug: Bugfix – größer 🐛')
})

test.each([
  ['a line break', 'a\nb'],
  ['NUL', 'a\0b'],
  ['a control character beyond ASCII', 'a\u0085b'],
  ['an unpaired surrogate', 'a\ud83db'],
  ['a noncharacter', 'a\ufffeb'],
  ['a noncharacter of a higher plane', 'a\u{1ffff}b'],
])('%s is replaced', (_, text) => {
  expect(asAttributeText(text)).toBe('a\ufffdb')
})

import { expect, test } from 'vitest'
import { visible, visibleLine } from '../src/visible.ts'

test("what would move a terminal's cursor or turn text around is spelled out", () => {
  expect(visible('\u001b[2Ja\rb\u0007\u009b\u202ec')).toBe('\\u001b[2Ja\\u000db\\u0007\\u009b\\u202ec')
})

test('lines stay lines, but not in one line', () => {
  expect(visible('a\n\tb')).toBe('a\n\tb')
  expect(visibleLine('a\n\tb')).toBe('a b')
})

test('letters of any script stay', () => {
  expect(visible('Bestellung für 東京 🎉')).toBe('Bestellung für 東京 🎉')
})

import { attributeText } from '@millrace/core'
import { expect, test } from 'vitest'

test.each([
  ['text is itself', 'a b', 'a b'],
  ['an Integer is its digits', -7, '-7'],
  ['a Boolean is true or false', false, 'false'],
  ['an empty extension is there', '', ''],
])('%s', (_, value, text) => {
  expect(attributeText({ ext: value }, 'ext')).toBe(text)
})

test('an empty subject counts as none', () => {
  expect(attributeText({ subject: '' }, 'subject')).toBeUndefined()
})

test('a missing attribute has no text', () => {
  expect(attributeText({}, 'ext')).toBeUndefined()
})

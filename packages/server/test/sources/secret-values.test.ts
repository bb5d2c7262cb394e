import { expect, test } from 'vitest'
import { Blackening } from '../../src/sources/secret-values.ts'

const value = 's3cr&t "value"'

test.each([
  ['as it is', value],
  ['in a URL', encodeURIComponent(value)],
  ['in a header of Basic', Buffer.from(value).toString('base64')],
  ['in JSON', JSON.stringify(value)],
])('a secret is blackened %s', (_, text) => {
  const blackening = new Blackening()
  blackening.add([value])
  expect(blackening.text(`upstream said no to ${text}.`)).toMatch(/^upstream said no to "?\*\*\*=*"?\.$/)
})

test('of two secrets that are part of one another the longer is blackened first', () => {
  const blackening = new Blackening()
  blackening.add(['abc', 'abcdef'])
  expect(blackening.text('abcdef abc')).toBe('*** ***')
})

test('what stands deep inside is blackened, names and errors too', () => {
  const blackening = new Blackening()
  blackening.add(['abc'])
  const shown = blackening.value({ abc: ['abc', { deep: 'xabcx' }], err: new Error('abc') })
  expect(JSON.stringify(shown)).not.toContain('abc')
})

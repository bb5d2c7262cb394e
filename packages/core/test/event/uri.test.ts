import fc from 'fast-check'
import { expect, test } from 'vitest'

import { escapedUri, uriKind } from '../../src/event/uri.ts'

test.each([
  'https://user@example.com:8080/a/b?c=d&e=%20#f',
  'http://[::1]:80/',
  'http://[v7.x:y]/',
  'mailto:a@b.c',
  'urn:uuid:6e8bc430-9c3a-11d9-9669-0800200c9a66',
  'file:///etc',
  'a+b-c.1:',
  'http://h:/x',
  '//host/path'.replace('//', 'x://'),
])('%s is absolute', (text) => {
  expect(uriKind(text)).toBe('absolute')
})

test.each(['', '/', '/a/b:c', './a:b', 'a', '?q', '#f', '//host/p', '1-555-123-4567', 'a/b?c:d', '#a:b'])(
  '%j is relative',
  (text) => {
    expect(uriKind(text)).toBe('relative')
  },
)

test.each([
  'a b',
  '/ä',
  '<x>',
  'a"b',
  'a\\b',
  '^',
  '`',
  '{a}',
  'a|b',
  '%',
  '%2',
  '%zz',
  '1:2',
  ':a',
  '-a:b',
  'http://h:x/',
  'http://[::1',
  'http://[zz]/',
  'http://a]b/',
  'http://h/[x]',
  'a#b#c',
  'http://[::1]x/',
  '\u0000',
])('%j is no URI-reference', (text) => {
  expect(uriKind(text)).toBeUndefined()
})

test('every URL that a URL object writes is absolute, but for characters that it leaves as they are', () => {
  fc.assert(
    fc.property(fc.webUrl({ withFragments: true, withQueryParameters: true }), (url) => {
      expect(uriKind(url)).toBe('absolute')
    }),
    { numRuns: 30 },
  )
})

test.each([
  ['/a b', '/a%20b'],
  ['http://h/ä?q=100%#x', 'http://h/%C3%A4?q=100%25#x'],
  ['http://[::1]/items[0]', undefined],
  ['/items[0]', '/items%5B0%5D'],
  ['/a%20b c', '/a%20b%20c'],
  ['a#b#c', undefined],
  ['/a%20b', '/a%20b'],
])('%j with what no URI has percent-coded is %j', (text, uri) => {
  expect(escapedUri(text)).toBe(uri)
})

import { expect, test } from 'vitest'

import { essence, isJsonType, isMediaType, isTextType } from '../../src/event/media-type.ts'

test.each([
  'application/json',
  'text/plain; charset=utf-8',
  'text/plain;charset="utf-8" ; x=y',
  'application/vnd.a.b+json;version=1;',
  'multipart/mixed; boundary="a \\"b\\" ;c"',
])('%s is a media type', (text) => {
  expect(isMediaType(text)).toBe(true)
})

test.each([
  '',
  'json',
  'text/',
  '/plain',
  'text/pl ain',
  'text/plain; charset',
  'text/plain; charset=',
  'text/plain; x="a',
  'a/b/c',
  'text/plain charset=utf-8',
  'text/plän',
  ' text/plain',
  'text/plain; =x',
])('%j is none', (text) => {
  expect(isMediaType(text)).toBe(false)
})

test('a hostile media type of a megabyte is answered', () => {
  expect(isMediaType(`a/b${';  '.repeat(300_000)}\u0001`)).toBe(false)
  expect(isMediaType(`a/b;${' x=y;'.repeat(200_000)}=`)).toBe(false)
})

test('JSON is */json, */*+json and no type at all, whatever case and parameters', () => {
  for (const type of [
    undefined,
    'application/json',
    'text/JSON',
    'application/x+json; a=b',
    'image/svg+Json',
  ])
    expect(isJsonType(type)).toBe(true)
  for (const type of ['text/plain', 'application/jsonp', 'application/json-seq', 'json/x'])
    expect(isJsonType(type)).toBe(false)
})

test('text is text/* and XML in UTF-8', () => {
  for (const type of [
    'text/plain',
    'Text/CSV; charset="UTF-8"',
    'application/xml',
    'image/svg+xml; charset=us-ascii',
  ])
    expect(isTextType(type)).toBe(true)
  for (const type of ['application/octet-stream', 'text/plain; charset=iso-8859-1', 'image/png'])
    expect(isTextType(type)).toBe(false)
})

test('the essence has no parameters', () => {
  expect(essence('Text/Plain ; charset=x')).toBe('text/plain')
})

import { expect, test } from 'vitest'
import { readJson, textAtPointer } from '../src/json-pointer.ts'

// the document of RFC 6901, 5, with scalars in it
const document = `{
  "foo": ["bar", "baz"], "": 0, "a/b": 1, "c%d": 2, "e^f": 3, "g|h": 4, "i\\\\j": 5, "k\\"l": 6, " ": 7, "m~n": 8,
  "deep": {"list": [{"id": 12345678901234567890}, 1.0, true, null, "x"]}, "__proto__": {"id": "own"}
}`

test.each([
  ['/foo/0', 'bar'],
  ['/', '0'],
  ['/a~1b', '1'],
  ['/c%d', '2'],
  ['/e^f', '3'],
  ['/g|h', '4'],
  ['/i\\j', '5'],
  ['/k"l', '6'],
  ['/ ', '7'],
  ['/m~0n', '8'],
  ['/deep/list/4', 'x'],
  ['/deep/list/2', 'true'],
  ['/__proto__/id', 'own'],
])('%s leads to %s', (pointer, text) => {
  expect(at(pointer)).toBe(text)
})

test('a number beyond what JavaScript holds keeps its digits', () => {
  expect(at('/deep/list/0/id')).toBe('12345678901234567890')
})

test('a body that nests very deeply is read, but not for digits: the request is malformed', () => {
  const levels = 100_000
  const deep = `{"id":12345678901234567890,"short":7,"x":${'['.repeat(levels)}${']'.repeat(levels)}}`
  const read = readJson(bytes(deep)) ?? never()
  expect(textAtPointer(read, '/short')).toBe('7')
  expect(() => textAtPointer(read, '/id')).toThrow(
    expect.objectContaining({ name: 'SourceError', problem: 'malformed' }),
  )
})

test.each([
  ['', 'a map'],
  ['/foo', 'a list'],
  ['/foo/2', 'nothing'],
  ['/foo/-', 'nothing'],
  ['/foo/00', 'nothing'],
  ['/foo/length', 'nothing'],
  ['/deep/list/3', 'null'],
  ['/foo/0/0', 'a character of a text'],
  ['/constructor/name', 'what every object has'],
])('%j leads to %s, which is no text', (pointer) => {
  expect(at(pointer)).toBeUndefined()
})

test('the whole document may be the text', () => {
  expect(textAtPointer(readJson(bytes('"whole"')) ?? never(), '')).toBe('whole')
})

test.each(['', '{', '{"a":1}}', "{'a':1}", 'NaN'])('%j is no JSON', (text) => {
  expect(readJson(bytes(text))).toBeUndefined()
})

test('bytes that are not UTF-8 are no JSON', () => {
  expect(readJson(Uint8Array.of(0x22, 0xff, 0x22))).toBeUndefined()
})

function at(pointer: string): string | undefined {
  return textAtPointer(readJson(bytes(document)) ?? never(), pointer)
}

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

function never(): never {
  throw new Error('it is JSON')
}

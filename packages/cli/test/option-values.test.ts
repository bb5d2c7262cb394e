import { describe, expect, test } from 'vitest'
import { count, durationMs, hostAndPort, sizeBytes } from '../src/option-values.ts'

describe('HOST:PORT', () => {
  test.each([
    ['127.0.0.1:8080', { host: '127.0.0.1', port: 8080 }],
    [':0', { host: '127.0.0.1', port: 0 }],
    ['[::1]:80', { host: '::1', port: 80 }],
    ['localhost:65535', { host: 'localhost', port: 65_535 }],
  ])('%s', (text, expected) => {
    expect(hostAndPort('--listen', text)).toEqual(expected)
  })

  test.each(['8080', 'host', 'host:', 'host:65536', '::1:80', 'http://host:80'])(
    '%s is refused by name',
    (text) => {
      expect(() => hostAndPort('--listen', text)).toThrow(`--listen is "${text}"`)
    },
  )
})

describe('sizes', () => {
  test.each([
    ['1048576', 1_048_576],
    ['64Mi', 67_108_864],
    ['64MiB', 67_108_864],
    ['1.5k', 1_500],
    ['2G', 2_000_000_000],
    ['0', 0],
  ])('%s', (text, bytes) => {
    expect(sizeBytes('--body-limit', text)).toBe(bytes)
  })

  test.each(['', '-1', '1Ti', 'much'])('"%s" is refused', (text) => {
    expect(() => sizeBytes('--body-limit', text)).toThrow('it is a size')
  })
})

describe('durations', () => {
  test.each([
    ['500ms', 500],
    ['8s', 8_000],
    ['1.5m', 90_000],
    ['PT8S', 8_000],
    ['P1D', 86_400_000],
  ])('%s', (text, ms) => {
    expect(durationMs('--drain', text)).toBe(ms)
  })

  test.each(['8', '', 'soon', '-8s'])('"%s" is refused', (text) => {
    expect(() => durationMs('--drain', text)).toThrow('it is a duration')
  })
})

test.each(['0', '-1', '1.5', 'many'])('%s is no count', (text) => {
  expect(() => count('--limit', text)).toThrow('a whole number from 1')
})

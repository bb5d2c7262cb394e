import { describe, expect, it } from 'vitest'
import { nearest } from '../src/index.ts'

const fields = ['retry', 'backoffPolicy', 'backoffDelay', 'timeout', 'deadLetterSink', 'uri', 'ref']

describe('nearest', () => {
  it.each([
    ['retries', 'retry'],
    ['rerty', 'retry'],
    ['url', 'uri'],
    ['dead_letter_sink', 'deadLetterSink'],
    ['deadlettersink', 'deadLetterSink'],
    ['backofDelay', 'backoffDelay'],
    ['Timeout', 'timeout'],
  ])('%s is most likely %s', (word, meant) => {
    expect(nearest(word, fields)).toBe(meant)
  })

  it.each(['x', 'metadata', 'somethingElse', ''])('nothing is near %j', (word) => {
    expect(nearest(word, fields)).toBeUndefined()
  })

  it('counts a swap of two neighbours as one slip, not two', () => {
    expect(nearest('abdc', ['abcd', 'abxy'])).toBe('abcd')
    expect(nearest('ba', ['ab'])).toBe('ab')
  })
})

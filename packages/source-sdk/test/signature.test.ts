import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { equalInConstantTime, hmacSha256, isOneInConstantTime, isSignedBy } from '../src/index.ts'

const body = new TextEncoder().encode('{"a":1}')

function hex(secret: string, ...parts: readonly (string | Uint8Array)[]): string {
  return Buffer.from(hmacSha256(secret, ...parts)).toString('hex')
}

describe('signatures', () => {
  it('are HMAC-SHA-256 over the parts, one behind the other', () => {
    const expected = createHmac('sha256', 'secret').update('t.').update(body).digest('hex')
    expect(hex('secret', 't.', body)).toBe(expected)
  })

  it.each([
    ['hex', 'right', true],
    ['base64', 'right', true],
    ['hex', 'wrong', false],
  ] as const)('in %s by a %s secret: %s', (encoding, which, holds) => {
    const signature = Buffer.from(hmacSha256(which, body)).toString(encoding)
    expect(isSignedBy({ signature, encoding, secrets: ['old', 'right'], parts: [body] })).toBe(holds)
  })

  it('do not hold where anything stands behind them, or they are cut', () => {
    const signature = hex('secret', body)
    const isSigned = (text: string): boolean =>
      isSignedBy({ signature: text, encoding: 'hex', secrets: ['secret'], parts: [body] })
    expect(isSigned(signature.toUpperCase())).toBe(true)
    for (const text of [`${signature}00`, `${signature}zz`, signature.slice(2), '', ` ${signature}`])
      expect(isSigned(text)).toBe(false)
  })

  it('do not hold over other bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.uint8Array(), (one, other) => {
        const signature = hex('secret', one)
        const same = Buffer.compare(one, other) === 0
        expect(isSignedBy({ signature, encoding: 'hex', secrets: ['secret'], parts: [other] })).toBe(same)
      }),
    )
  })
})

it('texts are compared whatever their lengths', () => {
  expect(equalInConstantTime('a', 'a')).toBe(true)
  expect(equalInConstantTime('a', 'aa')).toBe(false)
  expect(equalInConstantTime('', new Uint8Array())).toBe(true)
  expect(isOneInConstantTime('b', ['a', 'b', 'c'])).toBe(true)
  expect(isOneInConstantTime('b', [])).toBe(false)
})

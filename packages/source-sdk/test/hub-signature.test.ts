import { expect, test } from 'vitest'
import { hubSignatureProblem, type HubSigned } from '../src/hub-signature.ts'

// GitHub's own test values ("Validating webhook deliveries")
const secret = "It's a Secret to Everybody"
const body = new TextEncoder().encode('Hello, World!')
const signature = 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17'
const header = 'X-Hub-Signature-256'

test("GitHub's published signature holds", () => {
  expect(problem({})).toBeUndefined()
})

test('any of several secrets may have signed', () => {
  expect(problem({ secrets: ['new', secret] })).toBeUndefined()
  expect(problem({ secrets: [secret, 'old'] })).toBeUndefined()
})

test('another secret, other bytes, another signature do not', () => {
  const wrong = 'X-Hub-Signature-256 is not of this body by the secret of this source'
  expect(problem({ secrets: ["it's a secret to everybody"] })).toBe(wrong)
  expect(problem({ body: new TextEncoder().encode('Hello, World?') })).toBe(wrong)
  expect(problem({ headers: sent(signature.replace('=7', '=8')) })).toBe(wrong)
  expect(problem({ secrets: [] })).toBe(wrong)
})

test.each([
  ['empty', ''],
  ['without its algorithm', signature.slice(7)],
  ['too short', signature.slice(0, -2)],
  ['too long', `${signature}00`],
  ['not hexadecimal', `${signature.slice(0, -1)}g`],
  ['sent twice', `${signature}, ${signature}`],
])('one that is %s is none', (_, value) => {
  expect(problem({ headers: sent(value) })).toBe(
    'X-Hub-Signature-256 is not "sha256=" and 64 hexadecimal digits',
  )
})

test('SHA-1 alone is refused with the reason', () => {
  expect(problem({ headers: { 'x-hub-signature': 'sha1=0123' } })).toBe(
    'X-Hub-Signature-256 is missing, and X-Hub-Signature is SHA-1, which is not taken: SHA-256 is',
  )
  expect(problem({ header: 'X-Signature', headers: { 'x-signature': 'sha1=0123' } })).toBe(
    'X-Signature is SHA-1, which is not taken: it must be sha256=',
  )
})

test('without a header it says what is missing', () => {
  expect(problem({ headers: {} })).toBe(
    'X-Hub-Signature-256 is missing: the sender must sign with the secret of this source',
  )
})

function problem(changes: Partial<HubSigned>): string | undefined {
  return hubSignatureProblem({ header, headers: sent(signature), body, secrets: [secret], ...changes })
}

function sent(value: string): Record<string, string> {
  return { 'x-hub-signature-256': value }
}

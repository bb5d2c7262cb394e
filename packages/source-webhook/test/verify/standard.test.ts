import { expect, test } from 'vitest'
import { verifyStandard } from '../../src/verify/standard.ts'
import type { Signed } from '../../src/verify/verified.ts'
import { signedRequest } from './signed-request.ts'

// the test values of the specification's reference libraries
const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
const signature = 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE='
const other = 'v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc='
const headers = {
  'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
  'webhook-timestamp': '1614265330',
  'webhook-signature': signature,
}

test('the published signature holds, with and without the prefix of the secret', () => {
  expect(problem({})).toBeUndefined()
  expect(problem({ secrets: [secret.replace('whsec_', '')] })).toBeUndefined()
})

test('one of several signatures and one of several secrets are enough', () => {
  const several = [other, signature.replace('v1', 'v2'), signature, other].join(' ')
  expect(problem({ headers: { ...headers, 'webhook-signature': several } })).toBeUndefined()
  expect(problem({ secrets: ['whsec_bmV3', secret] })).toBeUndefined()
})

const wrong = 'webhook-signature has none that is of this body by the secret of this source'

test.each([
  ['of another message', other],
  ['of another version', signature.replace('v1', 'v1a')],
  ['cut short', signature.slice(0, 8)],
  ['empty', 'v1,'],
  ['not base64', 'v1,dawfeoifkpqwoekfpqoekf'],
])('a signature %s does not hold', (_, value) => {
  expect(problem({ headers: { ...headers, 'webhook-signature': value } })).toBe(wrong)
})

test('id and time are signed too', () => {
  expect(problem({ headers: { ...headers, 'webhook-id': 'msg_2' } })).toBe(wrong)
  expect(problem({ headers: { ...headers, 'webhook-timestamp': '1614265331' } })).toBe(wrong)
})

test.each(Object.keys(headers))('without %s it is refused', (name) => {
  const rest = Object.fromEntries(Object.entries(headers).filter(([key]) => key !== name))
  expect(problem({ headers: rest })).toBe(
    'webhook-id, webhook-timestamp and webhook-signature are needed, and one is missing',
  )
})

test.each([
  [-300, undefined],
  [300, undefined],
  [301, 'the signed time is 301 s old, 300 s are allowed'],
  [-301, 'the signed time is 301 s ahead, 300 s are allowed'],
])('at %i s after it was signed: %s', (seconds, expected) => {
  expect(problem({ nowMs: (1_614_265_330 + seconds) * 1000 })).toBe(expected)
})

test('a secret that is no base64 is said to be none', () => {
  expect(() => problem({ secrets: ['not base64!'] })).toThrow('must be base64')
})

function problem(changes: Partial<Signed>): string | undefined {
  const defaults = { headers, secrets: [secret], nowMs: 1_614_265_330_000 }
  return verifyStandard(signedRequest('{"test": 2432232314}', { ...defaults, ...changes }))
}

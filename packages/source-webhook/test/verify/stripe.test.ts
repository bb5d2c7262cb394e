import { expect, test } from 'vitest'
import { verifyStripe } from '../../src/verify/stripe.ts'
import type { Signed } from '../../src/verify/verified.ts'
import { signedRequest } from './signed-request.ts'

// worked out with openssl dgst -sha256 -hmac
const signature = '654b43d3508ecadb3f8cefc4bc7d3d2bdc5ba9e03bf2c89b2d0657a8e24e4543'
const other = '5257a869e7ecebeda32affa62cdca3fa51cad7e77a0e56ff536d0ce8e108d8bd'
const secret = 'whsec_test_secret'
const wrong = 'Stripe-Signature is not of this body by the secret of this source'

test('a signature holds', () => {
  expect(problem({})).toBeUndefined()
})

test('of several, one is enough; those of older schemes are not looked at', () => {
  expect(problem(sent(`t=1492774577, v1=${other}, v1=${signature}, v0=${other}`))).toBeUndefined()
  expect(problem(sent(`t=1492774577,v0=${signature}`))).toBe(
    'Stripe-Signature is not "t=" and "v1=", with a comma between',
  )
})

test('another secret, body or time does not hold', () => {
  expect(problem({ secrets: ['whsec_other'] })).toBe(wrong)
  expect(problem({ body: new TextEncoder().encode('{}') })).toBe(wrong)
  expect(problem(sent(`t=1492774578,v1=${signature}`))).toBe(wrong)
})

test('one that is too old does not hold', () => {
  expect(problem({ nowMs: 1_492_774_577_000 + 61_000, toleranceMs: 60_000 })).toBe(
    'the signed time is 61 s old, 60 s are allowed',
  )
})

test('a time that is no number is none, though it was signed', () => {
  const soon = 'fcc50b5874423ac5545ce1ac1de8441276fd23068d44de8f4206c53b9d3fe1a9'
  expect(problem(sent(`t=soon,v1=${soon}`))).toBe('the signed time is no number of seconds since 1970')
})

test('the header may have another name', () => {
  const headers = { 'x-pay-signature': `t=1492774577,v1=${signature}` }
  expect(problem({ header: 'X-Pay-Signature', headers })).toBeUndefined()
  expect(problem({ header: 'X-Pay-Signature' })).toBe('X-Pay-Signature is missing')
})

function problem(changes: Partial<Signed>): string | undefined {
  const defaults = {
    ...sent(`t=1492774577,v1=${signature}`),
    secrets: [secret],
    header: 'Stripe-Signature',
    nowMs: 1_492_774_577_000,
  }
  return verifyStripe(signedRequest('{"id":"evt_1","object":"event"}', { ...defaults, ...changes }))
}

function sent(value: string): Pick<Signed, 'headers'> {
  return { headers: { 'stripe-signature': value } }
}

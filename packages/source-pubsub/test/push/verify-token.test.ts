import { generateKeyPair, SignJWT } from 'jose'
import { expect, test } from 'vitest'
import { openKeys } from '../../src/push/signing-keys.ts'
import { tokenProblem } from '../../src/push/verify-token.ts'
import { account, audience, Signer, type TokenParts } from './signed-push.ts'

const nowMs = Date.UTC(2026, 0, 1)
const url = 'http://keys.example/certs'

/** What tokens are held to. */
const expected = { audience, account, nowMs }

async function problem(signer: Signer, authorization: string | undefined, cooldownMs = 0) {
  const keys = await openKeys(signer.http, url, cooldownMs)
  return tokenProblem({ ...expected, authorization, keys })
}

test.each<TokenParts>([{}, { iss: 'accounts.google.com' }])(
  'a token of Google for us is taken: %j',
  async (parts) => {
    const signer = await Signer.create()
    expect(await problem(signer, await signer.bearer(nowMs, parts))).toBeUndefined()
  },
)

test.each<[TokenParts, string]>([
  [{ iss: 'https://accounts.acme.example' }, 'the token is not from Google'],
  [{ aud: 'https://elsewhere.example' }, `the token is not for ${audience}`],
  [{ email: 'mallory@acme.iam.gserviceaccount.com' }, `the token is not from ${account}`],
  [{ email_verified: false }, 'the token has no verified e-mail address'],
  [{ exp: nowMs / 1_000 - 60 }, 'the token has expired'],
])('a token with %j is not', async (parts, said) => {
  const signer = await Signer.create()
  expect(await problem(signer, await signer.bearer(nowMs, parts))).toMatch(said)
})

test('nor is one that somebody else has signed, with whatever key id and algorithm', async () => {
  const signer = await Signer.create()
  const other = await Signer.create()
  expect(await problem(signer, await other.bearer(nowMs))).toBe('the token is not signed by Google')
  const { privateKey } = await generateKeyPair('ES256')
  const claims = { iss: 'https://accounts.google.com', aud: audience, email: account, email_verified: true }
  const es256 = await new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid: 'key-1' }).sign(privateKey)
  expect(await problem(signer, `Bearer ${es256}`)).toBe('the token is not signed by Google')
  const none = [{ alg: 'none' }, claims].map((part) =>
    Buffer.from(JSON.stringify(part)).toString('base64url'),
  )
  expect(await problem(signer, `Bearer ${none.join('.')}.`)).toBe('the token is not signed by Google')
})

test.each([undefined, '', 'Bearer', 'Basic abc'])('nor is %j, which is none', async (authorization) => {
  expect(await problem(await Signer.create(), authorization)).toMatch('there is no token')
})

test('a key that is new is looked for, and the old one still holds', async () => {
  const signer = await Signer.create()
  const keys = await openKeys(signer.http, url, 0)
  const at = { keys, audience, account, nowMs }
  const before = await signer.bearer(nowMs)
  expect(await tokenProblem({ ...at, authorization: before })).toBeUndefined()
  await signer.rotate()
  expect(await tokenProblem({ ...at, authorization: await signer.bearer(nowMs) })).toBeUndefined()
  expect(await tokenProblem({ ...at, authorization: before })).toBeUndefined()
  expect(signer.asked).toBe(2)
})

test('keys of nobody are not looked for again and again', async () => {
  const signer = await Signer.create()
  const keys = await openKeys(signer.http, url, 30_000)
  const at = { keys, audience, account, nowMs }
  expect(await tokenProblem({ ...at, authorization: await signer.bearer(nowMs) })).toBeUndefined()
  const stranger = await Signer.create()
  await stranger.rotate()
  for (let turn = 0; turn < 5; turn += 1)
    expect(await tokenProblem({ ...at, authorization: await stranger.bearer(nowMs) })).toMatch('not signed')
  expect(signer.asked).toBe(1)
})

test.each<[TokenParts, string | undefined]>([
  [{ email: 'anybody@elsewhere.example' }, undefined],
  [{ email: 'anybody@elsewhere.example', email_verified: false }, 'the token has no verified e-mail address'],
  [{ aud: 'https://elsewhere.example' }, `the token is not for ${audience}`],
])('where no account is named, a token with %j: %s', async (parts, said) => {
  const signer = await Signer.create()
  const keys = await openKeys(signer.http, url, 0)
  const authorization = await signer.bearer(nowMs, parts)
  const found = await tokenProblem({ ...expected, authorization, keys, account: undefined })
  if (said === undefined) expect(found).toBeUndefined()
  else expect(found).toMatch(said)
})

test.each(['<html>', '{}', '{"keys":7}'])(
  'where %s comes instead of keys, nothing is said of the token',
  async (text) => {
    const body = new TextEncoder().encode(text)
    const keys = await openKeys(async () => ({ status: 200, headers: {}, body }), url, 0)
    const authorization = await (await Signer.create()).bearer(nowMs)
    await expect(tokenProblem({ ...expected, authorization, keys })).rejects.toMatchObject({
      kind: 'retryable',
      message: expect.stringContaining('the keys that Google signs with cannot be had') as string,
    })
  },
)

test('where the keys cannot be had, nothing is said of the token', async () => {
  const signer = await Signer.create()
  signer.status = 500
  await expect(problem(signer, await signer.bearer(nowMs))).rejects.toThrow('it answers 500')
})

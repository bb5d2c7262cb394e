import { describe, expect, test } from 'vitest'
import { verifyBasic, verifyBearer, verifyToken } from '../../src/verify/shared-secret.ts'
import { signedRequest } from './signed-request.ts'

const secrets = ['first', 'user:pässword']

describe('token', () => {
  const given = (headers: Record<string, string>) =>
    verifyToken(signedRequest('', { headers, secrets, header: 'X-Gitlab-Token' }))

  test('one of the secrets in the header holds', () => {
    expect(given({ 'x-gitlab-token': 'first' })).toBeUndefined()
  })

  test.each(['', 'firs', 'first ', 'FIRST', 'first,first'])('%j does not', (sent) => {
    expect(given({ 'x-gitlab-token': sent })).toBe('X-Gitlab-Token is not the secret of this source')
  })

  test('a missing header is said', () => {
    expect(given({})).toBe('X-Gitlab-Token is missing')
  })
})

describe('bearer', () => {
  const given = (authorization?: string) =>
    verifyBearer(
      signedRequest('', { headers: authorization === undefined ? {} : { authorization }, secrets }),
    )

  test.each(['Bearer first', 'bearer  first'])('%j holds', (sent) => {
    expect(given(sent)).toBeUndefined()
  })

  test.each([undefined, '', 'Bearer', 'Bearer ', 'Basic first', 'Bearer second', 'Bearer first first'])(
    '%j does not',
    (sent) => {
      expect(given(sent)).toMatch(/Bearer and a token|is not the secret/)
    },
  )
})

describe('basic', () => {
  const given = (authorization: string) =>
    verifyBasic(signedRequest('', { headers: { authorization }, secrets }))

  test('user and password hold, in UTF-8', () => {
    expect(given('Basic dXNlcjpww6Rzc3dvcmQ=')).toBeUndefined()
  })

  test.each([
    'Basic dXNlcjpwYXNzd29yZA==',
    'Basic Zmlyc3Q6',
    'Basic',
    'Basic !',
    'Bearer dXNlcjpww6Rzc3dvcmQ=',
  ])('%j does not', (sent) => {
    expect(given(sent)).toMatch(/user:password in base64|are not those/)
  })
})

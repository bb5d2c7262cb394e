import { SourceError } from '@millrace/source-sdk'
import type { JWTVerifyGetKey } from 'jose'

/** Google names itself in both ways. */
const issuers = ['https://accounts.google.com', 'accounts.google.com']

/** Codes of errors that say nothing of a token: the keys are not there, or are none. */
const ofKeys: ReadonlySet<string> = new Set([
  'ERR_JOSE_GENERIC',
  'ERR_JWK_INVALID',
  'ERR_JWKS_INVALID',
  'ERR_JWKS_TIMEOUT',
])

export interface ExpectedToken {
  /** Of the request, if it has one. */
  readonly authorization: string | undefined
  readonly keys: JWTVerifyGetKey
  readonly audience: string
  /** The e-mail address of the service account that pushes; undefined: whichever. */
  readonly account: string | undefined
  readonly nowMs: number
}

/**
 * Why a push is not from where it should be: the OpenID Connect token that Pub/Sub signs it with is missing, is
 * not Google's, is for somebody else, from another account, or too old. Undefined: it is.
 */
export async function tokenProblem(expected: ExpectedToken): Promise<string | undefined> {
  const { authorization, keys, audience, account, nowMs } = expected
  const [, token] = /^Bearer ([\w.-]+)$/i.exec(authorization ?? '') ?? []
  if (token === undefined)
    return 'there is no token: the push subscription must have authentication enabled (--push-auth-service-account)'
  const { errors, jwtVerify } = await import('jose')
  try {
    const { payload } = await jwtVerify(token, keys, {
      algorithms: ['RS256'],
      issuer: issuers,
      audience,
      requiredClaims: ['exp', 'email'],
      clockTolerance: 10,
      currentDate: new Date(nowMs),
    })
    if (payload['email_verified'] !== true) return 'the token has no verified e-mail address'
    return account === undefined || payload['email'] === account
      ? undefined
      : `the token is not from ${account}, which millrace.dev/push-account names`
  } catch (error) {
    if (error instanceof errors.JWTExpired) return 'the token has expired'
    if (error instanceof errors.JWTClaimValidationFailed) return claimProblem(error.claim, audience)
    if (!(error instanceof errors.JOSEError)) throw error
    if (!ofKeys.has(error.code)) return 'the token is not signed by Google'
    throw SourceError.retryable(`the keys that Google signs with cannot be had: ${error.message}`, {
      cause: error,
    })
  }
}

function claimProblem(claim: string, audience: string): string {
  switch (claim) {
    case 'iss':
      return 'the token is not from Google'
    case 'aud':
      return `the token is not for ${audience}: millrace.dev/push-audience must be what the push subscription has`
    default:
      return `the token has no right claim "${claim}"`
  }
}

import type { JWTVerifyGetKey } from 'jose'

/** Google names itself in both ways. */
const issuers = ['https://accounts.google.com', 'accounts.google.com']

export interface ExpectedToken {
  /** Of the request, if it has one. */
  readonly authorization: string | undefined
  readonly keys: JWTVerifyGetKey
  readonly audience: string
  /** The e-mail address of the service account that pushes. */
  readonly account: string
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
    return payload['email'] === account && payload['email_verified'] === true
      ? undefined
      : `the token is not from ${account}, which millrace.dev/push-account names`
  } catch (error) {
    if (error instanceof errors.JWTExpired) return 'the token has expired'
    if (error instanceof errors.JWTClaimValidationFailed) return claimProblem(error.claim, audience)
    // that the keys cannot be had says nothing of the token
    if (error instanceof errors.JOSEError && !(error instanceof errors.JWKSTimeout))
      return 'the token is not signed by Google'
    throw error
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

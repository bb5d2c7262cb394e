import { hash, timingSafeEqual } from 'node:crypto'
import { problem, type Addressable, type Problem } from '@millrace/core'

/** Why a producer may not send, with the headers that say so. */
export interface TokenRefusal {
  readonly problem: Problem
  readonly headers: readonly string[]
}

const missingRetryAfter = '10'
const digests = new WeakMap<readonly string[], readonly Buffer[]>()

/** Looks at the bearer token (RFC 6750, section 2.1) of a producer; → why it is refused, if it is. */
export function checkProducerToken(
  { path, tokens }: Addressable,
  authorization: string | undefined,
): TokenRefusal | undefined {
  if (tokens === undefined) return undefined
  if (tokens.length === 0)
    return {
      problem: problem('secret-missing', `the Secret with the token of ${path} is not there yet`),
      headers: ['retry-after', missingRetryAfter],
    }
  const [, sent] = /^bearer +([^ ]+) *$/i.exec(authorization ?? '') ?? []
  const realm = `Bearer realm="${path}"`
  if (sent === undefined)
    return {
      problem: problem('unauthorized', `${path} needs a token: send the header Authorization: Bearer TOKEN`),
      headers: ['www-authenticate', realm],
    }
  if (isOneOf(sent, tokens)) return undefined
  return {
    problem: problem('unauthorized', `the token is none of those that ${path} takes`),
    headers: ['www-authenticate', `${realm}, error="invalid_token"`],
  }
}

/** All are compared, by digests of one length, so that the time tells nothing of how near it was. */
function isOneOf(sent: string, tokens: readonly string[]): boolean {
  // a header is latin1 to node: its bytes are what was sent
  const digest = sha256(Buffer.from(sent, 'latin1'))
  let found = false
  for (const known of digestsOf(tokens)) found = timingSafeEqual(digest, known) || found
  return found
}

function digestsOf(tokens: readonly string[]): readonly Buffer[] {
  let known = digests.get(tokens)
  if (known === undefined) {
    known = tokens.map((token) => sha256(Buffer.from(token)))
    digests.set(tokens, known)
  }
  return known
}

function sha256(bytes: Buffer): Buffer {
  return hash('sha256', bytes, 'buffer')
}

import { hmacSha256, isOneInConstantTime, SourceError } from '@millrace/source-sdk'
import { SECRETS_PROVIDED } from '../kind.ts'
import { timeProblem } from './signed-time.ts'
import type { Signed } from './verified.ts'

/** Standard Webhooks 1.0: `v1,` and HMAC-SHA-256 of `id.time.body` in base64; several signatures, by spaces. */
export function verifyStandard(signed: Signed): string | undefined {
  const { headers, body } = signed
  const id = headers['webhook-id']
  const time = headers['webhook-timestamp']
  const signatures = headers['webhook-signature']
  if (id === undefined || time === undefined || signatures === undefined)
    return 'webhook-id, webhook-timestamp and webhook-signature are needed, and one is missing'
  const known = keysOf(signed.secrets).map((key) => encoded(hmacSha256(key, `${id}.${time}.`, body)))
  const sent = signatures.split(' ').filter((each) => each.startsWith('v1,'))
  let found = false
  for (const each of sent) found = isOneInConstantTime(each, known) || found
  if (!found) return 'webhook-signature has none that is of this body by the secret of this source'
  return timeProblem(time, signed)
}

function encoded(signature: Uint8Array): string {
  return `v1,${Buffer.from(signature).toString('base64')}`
}

/**
 * Secrets are base64, with or without `whsec_` before them.
 * @throws {SourceError} where none is: whoever signs so could not have been given it
 */
export function keysOf(secrets: readonly string[]): readonly Uint8Array[] {
  const keys = secrets
    .map((secret) => secret.replace(/^whsec_/, ''))
    .filter((secret) => /^[A-Za-z0-9+/]+={0,2}$/.test(secret))
    .map((secret) => Buffer.from(secret, 'base64'))
  if (keys.length > 0) return keys
  throw SourceError.retryable('the secret of scheme "standard" must be base64, such as whsec_…', {
    condition: SECRETS_PROVIDED,
    reason: 'SecretInvalid',
    problem: 'signature',
  })
}

import { hmacSha256, isOneInConstantTime } from '@millrace/source-sdk'
import { timeProblem } from './signed-time.ts'
import type { Signed } from './verified.ts'

/** As Stripe signs: `t=TIME,v1=HEX`, HMAC-SHA-256 of `time.body`; several of `v1` while a secret is replaced. */
export function verifyStripe(signed: Signed): string | undefined {
  const { header, headers, body, secrets } = signed
  const value = headers[header.toLowerCase()]
  if (value === undefined) return `${header} is missing`
  const parts = value.split(',').map((part) => part.trim())
  const time = parts.find((part) => part.startsWith('t='))?.slice(2)
  const signatures = parts.flatMap((part) => (part.startsWith('v1=') ? [part.slice(3)] : []))
  if (time === undefined || signatures.length === 0)
    return `${header} is not "t=" and "v1=", with a comma between`
  const known = secrets.map((secret) => Buffer.from(hmacSha256(secret, `${time}.`, body)).toString('hex'))
  let found = false
  for (const each of signatures) found = isOneInConstantTime(each.toLowerCase(), known) || found
  if (!found) return `${header} is not of this body by the secret of this source`
  return timeProblem(time, signed)
}

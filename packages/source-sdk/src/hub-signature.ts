import { isSignedBy } from './signature.ts'

export interface HubSigned {
  /** Such as `X-Hub-Signature-256`. */
  readonly header: string
  /** Of the request, by lower-case name. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
  /** All that are valid now. */
  readonly secrets: Iterable<string>
}

/**
 * Why a request is not signed as GitHub signs, `sha256=` and HMAC-SHA-256 of the body in hexadecimal; undefined
 * where it is, by one of the secrets.
 */
export function hubSignatureProblem({ header, headers, body, secrets }: HubSigned): string | undefined {
  const value = headers[header.toLowerCase()]
  if (value === undefined) {
    const missing = `${header} is missing`
    return headers['x-hub-signature'] === undefined
      ? `${missing}: the sender must sign with the secret of this source`
      : `${missing}, and X-Hub-Signature is SHA-1, which is not taken: SHA-256 is`
  }
  if (/^sha1=/i.test(value)) return `${header} is SHA-1, which is not taken: it must be sha256=`
  const [, signature] = /^sha256=([0-9a-f]{64})$/i.exec(value) ?? []
  if (signature === undefined) return `${header} is not "sha256=" and 64 hexadecimal digits`
  return isSignedBy({ signature, encoding: 'hex', secrets, parts: [body] })
    ? undefined
    : `${header} is not of this body by the secret of this source`
}

import { isSignedBy } from '@millrace/source-sdk'

/** Why a request is not from GitHub; none where one of the secrets signed these bytes. */
export function signatureProblem(
  headers: Readonly<Record<string, string>>,
  body: Uint8Array,
  secrets: readonly string[],
): string | undefined {
  const header = headers['x-hub-signature-256']
  if (header === undefined) {
    return headers['x-hub-signature'] === undefined
      ? 'X-Hub-Signature-256 is missing: give the hook at GitHub the secret of this source'
      : 'X-Hub-Signature is SHA-1, which is not taken: X-Hub-Signature-256 is missing'
  }
  const [, signature] = /^sha256=([0-9a-f]{64})$/i.exec(header) ?? []
  if (signature === undefined) return 'X-Hub-Signature-256 is not sha256= and 64 hexadecimal digits'
  return isSignedBy({ signature, encoding: 'hex', secrets, parts: [body] })
    ? undefined
    : 'X-Hub-Signature-256 is not of this body by the secret of this source'
}

import { isOneInConstantTime } from '@millrace/source-sdk'
import type { Signed } from './verified.ts'

/** The secret itself in a header, as GitLab sends it. */
export function verifyToken({ header, headers, secrets }: Signed): string | undefined {
  const sent = headers[header.toLowerCase()]
  if (sent === undefined) return `${header} is missing`
  return isOneInConstantTime(sent, secrets) ? undefined : `${header} is not the secret of this source`
}

/** RFC 6750, 2.1. */
export function verifyBearer({ headers, secrets }: Signed): string | undefined {
  const [, sent] = /^bearer +(.+)$/i.exec(headers['authorization'] ?? '') ?? []
  if (sent === undefined) return 'Authorization: Bearer and a token are needed'
  return isOneInConstantTime(sent, secrets) ? undefined : 'the bearer token is not the secret of this source'
}

/** RFC 7617: the secret is `user:password`, in UTF-8. */
export function verifyBasic({ headers, secrets }: Signed): string | undefined {
  const [, sent] = /^basic +([A-Za-z0-9+/]+={0,2})$/i.exec(headers['authorization'] ?? '') ?? []
  if (sent === undefined) return 'Authorization: Basic and user:password in base64 are needed'
  return isOneInConstantTime(Buffer.from(sent, 'base64'), secrets)
    ? undefined
    : 'user and password are not those of this source'
}

import { hubSignatureProblem } from '@millrace/source-sdk'
import type { Scheme } from '../kind.ts'
import { verifyBasic, verifyBearer, verifyToken } from './shared-secret.ts'
import { verifyStandard } from './standard.ts'
import { verifyStripe } from './stripe.ts'
import type { Verify } from './verified.ts'

interface SchemeRules {
  readonly verify: Verify
  /** Where the manifest names none. */
  readonly header: string
  /** `WWW-Authenticate` of a 401 (RFC 9110, 11.6.1). */
  readonly authenticate?: string
}

export const schemeRules: Readonly<Record<Scheme, SchemeRules>> = {
  standard: { verify: verifyStandard, header: 'webhook-signature' },
  stripe: { verify: verifyStripe, header: 'Stripe-Signature' },
  hmac: { verify: hubSignatureProblem, header: 'X-Hub-Signature-256' },
  token: { verify: verifyToken, header: 'X-Gitlab-Token' },
  bearer: { verify: verifyBearer, header: 'authorization', authenticate: 'Bearer' },
  basic: {
    verify: verifyBasic,
    header: 'authorization',
    authenticate: 'Basic realm="millrace", charset="UTF-8"',
  },
}

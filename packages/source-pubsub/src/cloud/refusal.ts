import { isSourceError, SourceError } from '@millrace/source-sdk'
import type { GoogleCloud } from './google-cloud.ts'

/** What was asked of Google. */
export interface Attempted {
  readonly cloud: GoogleCloud
  /** What it was, such as `read the subscription "x"`. */
  readonly doing: string
  /** The role that allows it, such as `roles/pubsub.editor`. */
  readonly role: string
  /** Which condition a refusal makes False. */
  readonly condition: string
  /** What is to be done where it is not there, and how soon it is looked for again. */
  /** What somebody who is allowed to can do instead. */
  readonly instead?: string
  readonly missing?: { readonly reason: string; readonly message: string; readonly afterMs: number }
}

const lookAgainMs = 60_000

/** Codes of gRPC (google.rpc.Code), and what HTTP has for them. */
const codes: Readonly<Record<number, string>> = {
  3: 'invalid',
  4: 'unreachable',
  5: 'missing',
  7: 'denied',
  8: 'quota',
  14: 'unreachable',
  16: 'credentials',
  400: 'invalid',
  401: 'credentials',
  403: 'denied',
  404: 'missing',
  429: 'quota',
  500: 'unreachable',
  502: 'unreachable',
  503: 'unreachable',
  504: 'unreachable',
}

/** The code of an error of Google's clients; undefined where it has none. */
export function codeOf(error: unknown): number | undefined {
  const { code } = (error ?? {}) as { code?: unknown }
  const number = typeof code === 'string' && /^\d+$/.test(code) ? Number(code) : code
  return typeof number === 'number' ? number : undefined
}

export function isMissing(error: unknown): boolean {
  return codes[codeOf(error) ?? 0] === 'missing' && !isOfProject(wordsOf(error))
}

export function isUnreachable(error: unknown): boolean {
  return codes[codeOf(error) ?? 0] === 'unreachable'
}

export function isDenied(error: unknown): boolean {
  return codes[codeOf(error) ?? 0] === 'denied'
}

/** What Google answered, as the condition of a source: what is wrong, and what to do. */
export function refusal(error: unknown, attempted: Attempted): SourceError {
  if (isSourceError(error)) return error
  const { cloud, doing, condition, missing } = attempted
  const words = wordsOf(error)
  const said = words === '' ? '' : ` (Google: ${words})`
  const say = (
    reason: string,
    message: string,
    { afterMs = lookAgainMs, problem }: { afterMs?: number; problem?: 'signature' } = {},
  ): SourceError =>
    SourceError.retryable(message, {
      cause: error,
      condition,
      reason,
      afterMs,
      ...(problem !== undefined && { problem }),
    })
  if (isOfCredentials(error, words))
    return say('AuthenticationFailed', `${credentialsAdvice(cloud)}${said}`, { problem: 'signature' })
  if (isOfProject(words))
    return say(
      'ProjectNotFound',
      `there is no project "${cloud.projectId}", or ${cloud.origin} may not see it: set spec.project to its ID, which is not its display name${said}`,
    )
  switch (codes[codeOf(error) ?? 0]) {
    case 'missing':
      if (missing !== undefined) return say(missing.reason, missing.message, { afterMs: missing.afterMs })
      return say('NotFound', `it is not there: could not ${doing}${said}`)
    case 'denied':
      return say('PermissionDenied', `${deniedAdvice(attempted)}${said}`)
    case 'quota':
      return say('QuotaExceeded', `Google has had enough for now: could not ${doing}${said}`)
    case 'invalid':
      return say('Refused', `Google refuses to ${doing}${said}`)
    default:
      return SourceError.retryable(`Google does not answer: could not ${doing}${said}`, {
        cause: error,
        condition,
        reason: 'UpstreamUnreachable',
      })
  }
}

/** The credentials of the environment are missing, or cannot be read. */
export function credentialsRefusal(error: unknown, cloud: GoogleCloud): SourceError {
  return SourceError.retryable(`${credentialsAdvice(cloud)} (Google: ${wordsOf(error)})`, {
    cause: error,
    reason: 'AuthenticationFailed',
    afterMs: lookAgainMs,
    problem: 'signature',
  })
}

function deniedAdvice({ cloud: { projectId, key }, doing, role, instead }: Attempted): string {
  const member = key === undefined ? 'serviceAccount:ACCOUNT' : `serviceAccount:${key.client_email}`
  const other = instead === undefined ? '' : `; or have somebody run ${instead}`
  return `not allowed to ${doing}: run gcloud projects add-iam-policy-binding ${projectId} --member=${member} --role=${role}${other}`
}

function credentialsAdvice({ origin, key }: GoogleCloud): string {
  return key === undefined
    ? 'Google does not take the credentials of the environment, they are missing, wrong or expired: run gcloud auth application-default login, or name a key in spec.secret'
    : `Google does not take ${origin}, it is wrong, expired or was deleted: put a new key there`
}

function wordsOf(error: unknown): string {
  const { details, message } = (error ?? {}) as { details?: unknown; message?: unknown }
  const text = [details, message].find((each): each is string => typeof each === 'string' && each !== '')
  return (text ?? '').replaceAll(/\s+/g, ' ').trim().slice(0, 400)
}

function isOfProject(words: string): boolean {
  return /requested project not found|project .{0,80}(?:was not found|does not exist)/i.test(words)
}

/** Before anything is asked, Google's libraries look for credentials and for a token. */
function isOfCredentials(error: unknown, words: string): boolean {
  return (
    codes[codeOf(error) ?? 0] === 'credentials' ||
    /default credentials|invalid_grant|invalid_client|metadata from plugin failed|DECODER routines|private key/i.test(
      words,
    )
  )
}

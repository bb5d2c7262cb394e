import { problem, type ProblemCode } from '@millrace/core'
import { isSourceError, type SourceProblem, type WebhookAnswer } from '@millrace/source-sdk'
import type { WebhookReply } from '../webhooks.ts'

/** What is answered, and what is counted of it. */
export interface Judged {
  readonly reply: WebhookReply
  readonly problem?: { readonly reason: SourceProblem; readonly detail: string }
}

const secretRetryAfter = '10'

/** What a source makes of a request, as an answer over HTTP. */
export function replyTo(answer: WebhookAnswer): Judged {
  switch (answer.kind) {
    case 'accepted':
      return { reply: { kind: 'reply', status: 202 } }
    case 'answered': {
      const { status, contentType, body } = answer
      const content = {
        ...(contentType !== undefined && { contentType }),
        ...(body !== undefined && { body }),
      }
      return { reply: { kind: 'reply', status, ...content } }
    }
    case 'unauthorized': {
      const headers = answer.authenticate === undefined ? [] : ['www-authenticate', answer.authenticate]
      return refused('signature', 'signature', answer.detail, headers)
    }
    case 'not-called':
      return {
        reply: { kind: 'problem', problem: problem('no-such-source', answer.detail), headers: [] },
      }
    case 'malformed':
      return refused('malformed-delivery', 'malformed', answer.detail)
    case 'unsupported-media-type':
      return refused('media-type', 'malformed', answer.detail)
  }
}

/** What is answered where a source throws; undefined: it is a mistake, of which the log tells more. */
export function replyToError(error: unknown): Judged | undefined {
  if (!isSourceError(error)) return undefined
  const { message: detail, problem: reason, afterMs = 1_000 } = error
  if (error.reason === 'SecretMissing')
    return refused('secret-missing', 'signature', detail, ['retry-after', secretRetryAfter])
  if (reason === 'malformed') return refused('malformed-delivery', reason, detail)
  if (error.kind === 'terminal') return undefined
  const seconds = String(Math.max(1, Math.ceil(afterMs / 1000)))
  // the refusals of the store are counted where they are met
  const said = refused(reason === 'store' ? 'store-unavailable' : 'busy', reason, detail, [
    'retry-after',
    seconds,
  ])
  return reason === 'store' ? { reply: said.reply } : said
}

/** For what nobody has thought of. */
export function internalReply(): WebhookReply {
  const detail = 'the delivery was not taken; the log of the server says why'
  return { kind: 'problem', problem: problem('internal', detail), headers: [] }
}

function refused(
  code: ProblemCode,
  reason: SourceProblem,
  detail: string,
  headers: readonly string[] = [],
): Judged {
  return { reply: { kind: 'problem', problem: problem(code, detail), headers }, problem: { reason, detail } }
}

import { SourceError, type WebhookAnswer } from '@millrace/source-sdk'
import { expect, test } from 'vitest'
import { replyTo, replyToError } from '../../src/sources/webhook-reply.ts'

// contract of webhooks: what is answered, by what it is counted
test.each<[WebhookAnswer, number, string | undefined]>([
  [{ kind: 'accepted' }, 202, undefined],
  [{ kind: 'answered', status: 200, body: 'pong' }, 200, undefined],
  [{ kind: 'not-called', detail: 'it pulls' }, 404, undefined],
  [{ kind: 'unauthorized', detail: 'no signature' }, 401, 'signature'],
  [{ kind: 'malformed', detail: 'no JSON' }, 400, 'malformed'],
  [{ kind: 'unsupported-media-type', detail: 'no XML' }, 415, 'malformed'],
])('%j is answered %i and counted as %s', (answer, status, reason) => {
  const { reply, problem } = replyTo(answer)
  expect(reply.kind === 'reply' ? reply.status : reply.problem.status).toBe(status)
  expect(problem?.reason).toBe(reason)
})

test('who must say who they are is told how', () => {
  const { reply } = replyTo({ kind: 'unauthorized', detail: 'no', authenticate: 'Basic realm="x"' })
  expect(reply).toMatchObject({ headers: ['www-authenticate', 'Basic realm="x"'] })
})

test.each([
  [
    'a missing Secret',
    SourceError.retryable('it is missing', { reason: 'SecretMissing' }),
    503,
    ['retry-after', '10'],
  ],
  [
    'a store that refuses',
    SourceError.retryable('it is full', { problem: 'store', afterMs: 4_200 }),
    503,
    ['retry-after', '5'],
  ],
  [
    'upstream of the source itself',
    SourceError.retryable('away', { afterMs: 10 }),
    503,
    ['retry-after', '1'],
  ],
  ['what is no event', SourceError.terminal('no id', { problem: 'malformed' }), 400, []],
])('for %s', (_, error, status, headers) => {
  const { reply } = replyToError(error) ?? {}
  expect(reply).toMatchObject({ kind: 'problem', problem: { status, detail: error.message }, headers })
})

test('anything else is a mistake, of which the caller is told nothing', () => {
  expect(replyToError(new Error('at line 3 of secret.js'))).toBeUndefined()
  expect(replyToError(SourceError.terminal('wrong'))).toBeUndefined()
})

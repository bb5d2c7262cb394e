import { SourceError } from '@millrace/source-sdk'
import type { GitHubFault } from '@millrace/testkit'
import { expect, test } from 'vitest'
import { registerHook, type WantedHook } from '../../src/hooks/register.ts'
import { apiAtHand, checkpointAtHand, nowMs, place, wantedAt, type ApiAtHand } from './api-at-hand.ts'

const minutes = 60_000

test('an unknown token is a condition with GitHub’s words, and looked at again in five minutes', async () => {
  await using at = await apiAtHand('ghp_wrong')
  expect(await refused(at)).toEqual({
    condition: 'WebhookConfigured',
    reason: 'AuthenticationFailed',
    afterMs: 5 * minutes,
    message:
      'GitHub answered GET /repos/acme/web/hooks with 401: Bad credentials; put a valid access token into the Secret',
  })
})

test('a token that may not manage hooks, or a repository that it does not see, says what it needs', async () => {
  await using at = await apiAtHand('ghp_read')
  const needs = 'the access token must be allowed to manage webhooks (admin:repo_hook or admin:org_hook)'
  expect(await refused(at)).toMatchObject({
    reason: 'Forbidden',
    message: `GitHub answered GET /repos/acme/web/hooks with 403: Resource not accessible by personal access token; ${needs}`,
  })
  expect(await refused(at, { ownerAndRepository: 'acme/secret' })).toMatchObject({
    reason: 'NotFound',
    message: `GitHub answered GET /repos/acme/secret/hooks with 404: Not Found; ownerAndRepository must exist, and ${needs}`,
  })
})

test('what does not validate says which and why', async () => {
  await using at = await apiAtHand()
  expect(await refused(at, { events: ['psuh'] })).toMatchObject({
    reason: 'ValidationFailed',
    message:
      'GitHub answered POST /repos/acme/web/hooks with 422: Validation Failed, The "psuh" event is not an event of hooks; GitHub does not take this hook',
  })
  for (let index = 0; index < 20; index++)
    at.fake.addHook(place, { events: ['push'], config: { url: `https://other.example/${index}` } })
  expect((await refused(at)).message).toContain('The "push" event cannot have more than 20 hooks')
})

const limits: readonly (readonly [what: string, fault: GitHubFault, afterMs: number])[] = [
  ['the primary limit waits until it is reset', primary(403), 40 * minutes],
  ['the primary limit is 429 too', primary(429), 40 * minutes],
  [
    'a secondary limit waits for what retry-after says',
    {
      status: 403,
      headers: { 'retry-after': '90' },
      body: { message: 'You have exceeded a secondary rate limit.' },
    },
    90_000,
  ],
  [
    'a secondary limit without a header waits a minute',
    { status: 403, body: { message: 'You have exceeded a secondary rate limit.' } },
    minutes,
  ],
  ['429 without a header waits a minute', { status: 429 }, minutes],
  [
    'retry-after may be a date',
    { status: 429, headers: { 'retry-after': new Date(nowMs + 3 * minutes).toUTCString() } },
    3 * minutes,
  ],
]

test.each(limits)('%s', async (_, fault, afterMs) => {
  await using at = await apiAtHand()
  at.fake.fail(fault)
  expect(await refused(at)).toMatchObject({ reason: 'RateLimited', condition: 'WebhookConfigured', afterMs })
  expect(at.fake.requests).toHaveLength(1)
})

test('a permission that is missing is no limit, though requests are left', async () => {
  await using at = await apiAtHand()
  at.fake.fail({ status: 403, body: { message: 'Must have admin rights to Repository.' } })
  expect(await refused(at)).toMatchObject({ reason: 'Forbidden' })
})

test.each([500, 502, 503])('%i is tried again by the host’s own pauses', async (status) => {
  await using at = await apiAtHand()
  at.fake.fail({ status })
  expect(await refused(at)).toMatchObject({ reason: 'GitHubUnavailable', afterMs: undefined })
})

test('503 with retry-after waits for it', async () => {
  await using at = await apiAtHand()
  at.fake.fail({ status: 503, headers: { 'retry-after': '7' } })
  expect(await refused(at)).toMatchObject({ reason: 'GitHubUnavailable', afterMs: 7000 })
})

test('an answer that is not GitHub’s is said to be none', async () => {
  await using at = await apiAtHand()
  at.fake.fail({ status: 200, body: { hello: 'world' } })
  expect(await refused(at)).toMatchObject({ reason: 'UnexpectedAnswer' })
})

test('no message holds the token or the secret', async () => {
  await using at = await apiAtHand('ghp_wrong')
  const { message } = await refused(at, { secret: 'hush' })
  expect(message).not.toMatch(/ghp_wrong|hush/)
})

async function refused({ fake, api }: ApiAtHand, changes: Partial<WantedHook> = {}) {
  const wanted = wantedAt(fake, changes)
  const error: unknown = await registerHook(api, checkpointAtHand(), wanted).catch(
    (reason: unknown) => reason,
  )
  if (!(error instanceof SourceError)) throw new Error(`it was not refused: ${String(error)}`)
  const { condition, reason, afterMs, message } = error
  return { condition, reason, afterMs, message }
}

function primary(status: number): GitHubFault {
  const reset = String((nowMs + 40 * minutes) / 1000)
  return {
    status,
    headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset },
    body: { message: 'API rate limit exceeded for user ID 1.' },
  }
}

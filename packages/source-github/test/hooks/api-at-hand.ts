import { SourceError, type Checkpoint, type HttpCall } from '@millrace/source-sdk'
import { exchange, githubApi, type GitHubApi as Fake } from '@millrace/testkit'
import { GitHubApi } from '../../src/hooks/github-api.ts'
import type { WantedHook } from '../../src/hooks/register.ts'

export const nowMs = Date.parse('2026-11-22T18:00:00Z')
export const place = 'acme/web'
export const events = ['push', 'pull_request', 'issues']

export const http: HttpCall = async ({ method = 'GET', url, headers = {}, body }) => {
  const answer = await exchange(method, url, { headers, body }).catch((cause: unknown) => {
    throw SourceError.retryable('nobody answers', { cause, reason: 'UpstreamUnreachable' })
  })
  const entries = Object.entries(answer.headers).map(([name, value]) => [name, String(value)])
  return {
    status: answer.status,
    headers: Object.fromEntries(entries) as Record<string, string>,
    body: new TextEncoder().encode(answer.text),
  }
}

/** A fake of GitHub's API with a repository and an organization, and our client of it. */
export interface ApiAtHand extends AsyncDisposable {
  readonly fake: Fake
  readonly api: GitHubApi
}

export async function apiAtHand(token = 'ghp_admin'): Promise<ApiAtHand> {
  const fake = await githubApi({
    places: [place, 'acme/docs', 'acme'],
    tokens: { ghp_admin: 'admin', ghp_read: 'read' },
    events,
  })
  const { signal } = new AbortController()
  const api = new GitHubApi({ http, baseUrl: fake.url, token, now: () => nowMs, signal })
  return { fake, api, [Symbol.asyncDispose]: () => fake[Symbol.asyncDispose]() }
}

export function wantedAt(fake: Fake, changes: Partial<WantedHook> = {}): WantedHook {
  return {
    url: 'https://hooks.acme.example/sources/default/gh',
    ownerAndRepository: place,
    apiUrl: fake.url,
    events: ['push', 'pull_request'],
    secret: 'one',
    secure: true,
    ...changes,
  }
}

/** A checkpoint that lives as long as the test. */
export function checkpointAtHand(): Checkpoint {
  const values = new Map<string, Uint8Array>()
  return {
    get: async (key = '') => values.get(key),
    put: async (value, key = '') => void values.set(key, value),
    delete: async (key = '') => void values.delete(key),
  }
}

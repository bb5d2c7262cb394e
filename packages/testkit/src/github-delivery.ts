import { createHmac, randomUUID } from 'node:crypto'
import type { GitHubHook } from './github-hooks.ts'
import { exchange, type Answer } from './post.ts'

export interface GitHubDelivery {
  readonly event: string
  readonly payload: object | string
  /** A redelivery has the id of the first one. */
  readonly id?: string
}

/** Sends what happened to a hook's URL as GitHub does: its headers, its content type, both of its signatures. */
export async function deliver(
  { id: hookId, config }: GitHubHook,
  { event, payload, id = randomUUID() }: GitHubDelivery,
  to = config.url,
): Promise<Answer & { readonly id: string }> {
  const { contentType, body } = githubBody(payload, config.content_type)
  const answer = await exchange('POST', to, {
    body,
    headers: {
      accept: '*/*',
      'user-agent': 'GitHub-Hookshot/044aadd',
      'content-type': contentType,
      'x-github-delivery': id,
      'x-github-event': event,
      'x-github-hook-id': String(hookId),
      ...(config.secret !== undefined && githubSignatures(config.secret, body)),
    },
  })
  return { ...answer, id }
}

export function githubSignatures(
  secret: string,
  body: string | Uint8Array,
): { readonly 'x-hub-signature': string; readonly 'x-hub-signature-256': string } {
  const sign = (algorithm: string): string => createHmac(algorithm, secret).update(body).digest('hex')
  return { 'x-hub-signature': `sha1=${sign('sha1')}`, 'x-hub-signature-256': `sha256=${sign('sha256')}` }
}

function githubBody(payload: object | string, type: 'json' | 'form'): { contentType: string; body: string } {
  const json = typeof payload === 'string' ? payload : JSON.stringify(payload)
  return type === 'json'
    ? { contentType: 'application/json', body: json }
    : {
        contentType: 'application/x-www-form-urlencoded',
        body: new URLSearchParams({ payload: json }).toString(),
      }
}

import {
  hubSignatureProblem,
  type SourceContext,
  type WebhookAnswer,
  type WebhookRequest,
} from '@millrace/source-sdk'
import type { GitHubSourceSpec } from './kind.ts'
import { readPayload } from './read-payload.ts'
import { toEvent } from './to-event.ts'

/**
 * One delivery of GitHub's. Nothing is parsed before the signature holds; 202 is answered when the store has
 * the event, whose delivery id is its id and what a redelivery is known by.
 */
export async function handle(
  { headers, body }: WebhookRequest,
  { spec, secret, emit }: SourceContext<GitHubSourceSpec>,
): Promise<WebhookAnswer> {
  const secrets = secret(spec.secretToken)
  const unauthorized = hubSignatureProblem({ header: 'X-Hub-Signature-256', headers, body, secrets })
  if (unauthorized !== undefined) return { kind: 'unauthorized', detail: unauthorized }
  const event = headers['x-github-event'] ?? ''
  if (!/^[a-z][a-z0-9_]*$/i.test(event)) return malformedHeader('X-GitHub-Event', 'the name of an event')
  const id = headers['x-github-delivery'] ?? ''
  if (!/^[!-~]{1,200}$/.test(id)) return malformedHeader('X-GitHub-Delivery', 'the id of the delivery')
  const read = readPayload(headers['content-type'], body)
  if (read.kind !== 'payload') return read
  if (!isWanted(event, spec.eventTypes))
    return event === 'ping' ? { kind: 'answered', status: 200 } : { kind: 'accepted' }
  const { payload, data } = read
  await emit({ event: toEvent(spec.ownerAndRepository, { event, id, payload, data }), dedupe: id })
  return { kind: 'accepted' }
}

/** A ping says that the hook works, and is an event only where the manifest names it. */
function isWanted(event: string, eventTypes: readonly string[]): boolean {
  return eventTypes.includes(event) || (event !== 'ping' && eventTypes.includes('*'))
}

function malformedHeader(name: string, what: string): WebhookAnswer {
  return { kind: 'malformed', detail: `${name} is missing or malformed: it must be ${what}` }
}

import {
  isSourceError,
  SourceError,
  type SourceContext,
  type WebhookAnswer,
  type WebhookRequest,
} from '@millrace/source-sdk'
import type { CloudPubSubSourceSpec } from '../kind.ts'
import { messageKey } from '../feed/pubsub-message.ts'
import { toEvent } from '../to-event.ts'
import { pushSettings } from './push-settings.ts'
import { readPush } from './read-push.ts'
import { signingKeys } from './signing-keys.ts'
import { tokenProblem } from './verify-token.ts'

/** One push of Pub/Sub's. Nothing is read before the token holds; 202 is answered when the store has the event. */
export async function handle(
  { headers, body }: WebhookRequest,
  context: SourceContext<CloudPubSubSourceSpec>,
): Promise<WebhookAnswer> {
  const { spec, emit, http, clock } = context
  const push = pushSettings(context)
  if (push === undefined) return notPushed
  const { audience, account } = push
  if (audience === undefined)
    throw SourceError.retryable(
      'what tokens are for is not known: set millrace.dev/push-audience, or start the server with --public-url',
      { problem: 'signature', afterMs: 10_000 },
    )
  const { authorization } = headers
  const keys = await signingKeys(http)
  const unauthorized = await tokenProblem({ authorization, keys, audience, account, nowMs: clock.now() })
  if (unauthorized !== undefined)
    return { kind: 'unauthorized', detail: unauthorized, authenticate: 'Bearer' }
  const read = readPush({ headers, body })
  if (read.kind !== 'push') return read
  const { message, subscription } = read
  const projectId = spec.project ?? subscription.split('/')[1] ?? ''
  const made = toEvent(message, {
    projectId,
    topic: `projects/${projectId}/topics/${spec.topic}`,
    subscription,
  })
  if (!('event' in made)) return { kind: 'accepted' }
  try {
    await emit({ event: made.event, dedupe: messageKey(message) })
  } catch (error) {
    if (isSourceError(error) && error.problem === 'malformed')
      return { kind: 'malformed', detail: error.message }
    throw error
  }
  return { kind: 'accepted' }
}

const notPushed: WebhookAnswer = {
  kind: 'not-called',
  detail: 'this source pulls its messages; with millrace.dev/push: "true" they are pushed',
}

import { parseDuration } from '@millrace/core'
import type { SourceContext, WebhookAnswer, WebhookRequest } from '@millrace/source-sdk'
import type { WebhookSourceSpec } from './kind.ts'
import { toEvent } from './to-event.ts'
import { schemeRules } from './verify/schemes.ts'

const defaultToleranceMs = 5 * 60_000

/** One request. Nothing is parsed before the scheme holds; 202 is answered when the store has the event. */
export async function handle(
  request: WebhookRequest,
  context: SourceContext<WebhookSourceSpec>,
): Promise<WebhookAnswer> {
  const { spec, secret, clock } = context
  const { headers, body } = request
  const { scheme, header, secret: selector, tolerance } = spec.verify
  const rules = schemeRules[scheme]
  const detail = rules.verify({
    headers,
    body,
    secrets: secret(selector),
    header: header ?? rules.header,
    toleranceMs: parseDuration(tolerance ?? '') ?? defaultToleranceMs,
    nowMs: clock.now(),
  })
  const { authenticate } = rules
  if (detail !== undefined)
    return { kind: 'unauthorized', detail, ...(authenticate !== undefined && { authenticate }) }
  const read = toEvent(spec, context, request)
  if (read.kind !== 'event') return read
  await context.emit(read.emission)
  return { kind: 'accepted' }
}

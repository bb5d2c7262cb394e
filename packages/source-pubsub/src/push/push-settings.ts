import type { SourceContext } from '@millrace/source-sdk'

const PUSH = 'millrace.dev/push'
const AUDIENCE = 'millrace.dev/push-audience'
const ACCOUNT = 'millrace.dev/push-account'

/** How messages are pushed. */
export interface PushSettings {
  /** What tokens are for; as Pub/Sub has it, the URL that is pushed to unless something else is said. */
  readonly audience: string | undefined
  /** Whose tokens are taken; undefined: those of every account that Google knows. */
  readonly account: string | undefined
}

/** Undefined: messages are pulled. */
export function pushSettings({
  annotations,
  webhookUrl,
}: Pick<SourceContext<object>, 'annotations' | 'webhookUrl'>): PushSettings | undefined {
  if (annotations[PUSH] !== 'true') return undefined
  return { audience: annotations[AUDIENCE] ?? webhookUrl, account: annotations[ACCOUNT] }
}

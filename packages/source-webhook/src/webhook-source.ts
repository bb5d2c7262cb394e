import { defineSource, type RunContext } from '@millrace/source-sdk'
import { handle } from './handle.ts'
import { SECRETS_PROVIDED, webhookSourceKind, type WebhookSourceSpec } from './kind.ts'
import { keysOf } from './verify/standard.ts'

/** WebhookSource (sources.millrace.dev/v1alpha1): any webhook whose signature can be declared. */
export const source = defineSource<WebhookSourceSpec>({ kind: webhookSourceKind, run, handle, webhook: {} })

/** There is nothing to register: only the Secret has to be there, and fit the scheme. */
async function run(context: RunContext<WebhookSourceSpec>): Promise<void> {
  const { spec, secret, status, webhookUrl, namespace, name } = context
  status.set({ webhookURL: webhookUrl ?? `/sources/${namespace}/${name}` })
  const secrets = secret(spec.verify.secret)
  if (spec.verify.scheme === 'standard') keysOf(secrets)
  status.condition(SECRETS_PROVIDED, 'True')
}

import { defineSource } from '@millrace/source-sdk'
import { handle } from './handle.ts'
import { gitHubSourceKind, type GitHubSourceSpec } from './kind.ts'
import { onDelete, run } from './run.ts'

/** The largest payload that GitHub sends (GitHub, "Webhook events and payloads"). */
const bodyLimitBytes = 25 * 1024 * 1024

/** GitHubSource (sources.knative.dev/v1alpha1). */
export const source = defineSource<GitHubSourceSpec>({
  kind: gitHubSourceKind,
  singleton: true,
  run,
  handle,
  onDelete,
  webhook: { bodyLimitBytes },
})

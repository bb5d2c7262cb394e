import { defineSource } from '@millrace/source-sdk'
import { removeMade } from './feed/remove-made.ts'
import { cloudPubSubSourceKind, type CloudPubSubSourceSpec } from './kind.ts'
import { handle } from './push/handle.ts'
import { run } from './run.ts'

/** The largest message has 10 MB, which base64 makes a third larger (Pub/Sub, "Quotas and limits"). */
const bodyLimitBytes = 14 * 1024 * 1024

/** CloudPubSubSource (events.cloud.google.com/v1). */
export const source = defineSource<CloudPubSubSourceSpec>({
  kind: cloudPubSubSourceKind,
  run,
  handle,
  onDelete: (context) => removeMade(context),
  webhook: { bodyLimitBytes },
})

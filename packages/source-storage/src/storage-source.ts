import { defineSource } from '@millrace/source-sdk'
import { cloudStorageSourceKind, type CloudStorageSourceSpec } from './kind.ts'
import { onDelete, run } from './run.ts'

/** CloudStorageSource (events.cloud.google.com/v1). */
export const source = defineSource<CloudStorageSourceSpec>({
  kind: cloudStorageSourceKind,
  // two that make a notification at once would make two
  singleton: true,
  run,
  onDelete,
})

import { defineSource } from '@millrace/source-sdk'
import { cloudStorageSourceKind, type CloudStorageSourceSpec } from './kind.ts'
import { onDelete, run } from './run.ts'

/** CloudStorageSource (events.cloud.google.com/v1). */
export const source = defineSource<CloudStorageSourceSpec>({ kind: cloudStorageSourceKind, run, onDelete })

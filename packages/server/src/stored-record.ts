import type { EventRecord } from '@millrace/core'
import { decodeRecord, UnreadableRecordError } from '@millrace/storage'

/** What a stored record holds; undefined where it cannot be read. */
export function storedRecord(bytes: Uint8Array): EventRecord | undefined {
  try {
    return decodeRecord(bytes)
  } catch (err) {
    if (err instanceof UnreadableRecordError) return undefined
    throw err
  }
}

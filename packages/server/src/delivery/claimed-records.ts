import { decodeRecord, UnreadableRecordError, type Lease } from '@millrace/storage'
import { PreparedEvent } from './prepared-event.ts'

/** What one claim has brought: a record that several routes share is read once, and is one event in memory. */
export class ClaimedRecords {
  readonly #read = new Map<Uint8Array, PreparedEvent | string>()

  /** → the event, or why it cannot be read. */
  of({ record }: Lease): PreparedEvent | string {
    if (record === undefined) return 'the store could not read the record'
    let read = this.#read.get(record)
    if (read === undefined) this.#read.set(record, (read = readRecord(record)))
    return read
  }
}

function readRecord(record: Uint8Array): PreparedEvent | string {
  try {
    return new PreparedEvent(decodeRecord(record), record.length)
  } catch (err) {
    if (err instanceof UnreadableRecordError) return err.message
    throw err
  }
}

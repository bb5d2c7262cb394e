export { decodeRecord, encodeRecord, UnreadableRecordError } from './record.ts'
export type * from './storage.ts'

import { StorageOpenError } from '@millrace/storage'
import { OpenFailure } from '../worker/open-failure.ts'
import { describeError } from '../worker/sqlite-error.ts'

/** Opens something of a store. @throws {StorageOpenError} why it cannot */
export function opened<T>(open: () => T): T {
  try {
    return open()
  } catch (error) {
    if (error instanceof OpenFailure) throw new StorageOpenError(error.code, error.message)
    throw new StorageOpenError('unusable', `the store cannot be opened: ${describeError(error)}`, {
      cause: error,
    })
  }
}

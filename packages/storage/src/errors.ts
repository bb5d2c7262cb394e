/** What a store's own failure is: `unavailable` may be repeated, `closed` and `dead` may not. */
export type StorageErrorCode = 'unavailable' | 'closed' | 'dead'

/** The store could not do what was asked. Where it is `unavailable`, the outcome may be unknown. */
export class StorageError extends Error {
  readonly code: StorageErrorCode

  constructor(code: StorageErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'StorageError'
    this.code = code
  }
}

/** A store cannot be opened: another process holds it, it is newer than this program, or it is damaged. */
export class StorageOpenError extends Error {
  readonly code: 'held' | 'newer' | 'damaged' | 'unusable'

  constructor(code: StorageOpenError['code'], message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'StorageOpenError'
    this.code = code
  }
}

/** Somebody else holds the name by now: whatever was to be written by its holder is not. */
export class FencedError extends Error {
  override readonly name = 'FencedError'

  constructor(held: string) {
    super(`another process holds "${held}" by now`)
  }
}

/** A job can never be done: its message says why. */
export class JobError extends Error {
  override readonly name = 'JobError'
}

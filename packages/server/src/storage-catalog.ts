import type { Storage, StorageLimits } from '@millrace/storage'

/** A `--store` value that names no store that there is. */
export class UnknownStoreError extends Error {}

export interface StoreOptions {
  readonly reserveBytes: number
  readonly limits?: StorageLimits
}

/** Opens the store that a URL names; adapters are loaded only when they are used. */
export async function openStore(url: string, options: StoreOptions): Promise<Storage> {
  const [, scheme, path = ''] = /^([a-z]+):(.*)$/s.exec(url) ?? []
  switch (scheme) {
    case 'sqlite': {
      if (path === '') throw new UnknownStoreError('sqlite: needs a directory, such as sqlite:./data')
      const { sqliteStorage } = await import('@millrace/storage-sqlite')
      return sqliteStorage({ path, ...options })
    }
    case 'memory': {
      const { memoryStorage } = await import('@millrace/storage')
      return memoryStorage(options)
    }
    case 'redis':
    case 'rediss':
      throw new UnknownStoreError(`${scheme}: stores come in a later version; use sqlite:DIRECTORY`)
    default:
      throw new UnknownStoreError(
        `unknown store "${url}"; use sqlite:DIRECTORY, such as sqlite:./data, or memory:`,
      )
  }
}

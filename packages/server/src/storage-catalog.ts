import type { Storage, StorageLimits } from '@millrace/storage'

/** A `--store` value that names no store that there is. */
export class UnknownStoreError extends Error {}

export interface StoreOptions {
  readonly reserveBytes: number
  readonly limits?: StorageLimits
}

/** A store's URL for logs and status: without its password. */
export function shownStore(url: string): string {
  return url.replace(/^(redis[a-z+-]*:\/\/[^/@?]*?:)[^/@?]*(?=@)/, '$1***')
}

/** Opens the store that a URL names; adapters are loaded only when they are used. */
export async function openStore(url: string, options: StoreOptions): Promise<Storage> {
  const [, scheme, path = ''] = /^([a-z+-]+):(.*)$/s.exec(url) ?? []
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
    case 'redis+unix':
    case 'redis-sentinel':
    case 'redis-cluster': {
      const { redisStorage, StoreUrlError } = await import('@millrace/storage-redis')
      const { limits } = options
      try {
        return await redisStorage({ url, ...(limits === undefined ? {} : { limits }) })
      } catch (error) {
        throw error instanceof StoreUrlError ? new UnknownStoreError(error.message) : error
      }
    }
    default:
      throw new UnknownStoreError(
        `unknown store "${url}"; use sqlite:DIRECTORY, such as sqlite:./data, redis://HOST:PORT, or memory:`,
      )
  }
}

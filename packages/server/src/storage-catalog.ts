import type { Storage, StorageLimits, StoreSource, StoreTarget } from '@millrace/storage'

/** A `--store` value that names no store that there is. */
export class UnknownStoreError extends Error {}

export interface StoreOptions {
  readonly reserveBytes: number
  readonly limits?: StorageLimits
  /** Replicas of a Redis that must have an event before it is accepted. */
  readonly redisWait?: number
  /** A Redis must have synced it before it is accepted. */
  readonly redisSync?: boolean
}

/** A store's URL for logs and status: without its password. */
export function shownStore(url: string): string {
  return url.replace(/^(redis[a-z+-]*:\/\/[^/@?]*?:)[^/@?]*(?=@)/, '$1***')
}

/** Opens the store that a URL names; adapters are loaded only when they are used. */
export async function openStore(url: string, options: StoreOptions): Promise<Storage> {
  const { reserveBytes, limits, redisWait, redisSync } = options
  const [, scheme, path = ''] = /^([a-z+-]+):(.*)$/s.exec(url) ?? []
  const own = limits === undefined ? {} : { limits }
  switch (scheme) {
    case 'sqlite': {
      if (path === '') throw new UnknownStoreError('sqlite: needs a directory, such as sqlite:./data')
      const { sqliteStorage } = await import('@millrace/storage-sqlite')
      return sqliteStorage({ path, reserveBytes, ...own })
    }
    case 'memory': {
      const { memoryStorage } = await import('@millrace/storage')
      return memoryStorage(own)
    }
    case 'redis':
    case 'rediss':
    case 'redis+unix':
    case 'redis-sentinel':
    case 'redis-cluster': {
      const { redisStorage, StoreUrlError } = await import('@millrace/storage-redis')
      try {
        return await redisStorage({
          url,
          ...own,
          confirm: { replicas: redisWait ?? 0, sync: redisSync ?? false },
        })
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

/** Opens the store that a URL names to be read as a whole. @throws {UnknownStoreError} {StorageOpenError} */
export function openSource(url: string): Promise<StoreSource> {
  return opened(url, {
    sqlite: async (path) => (await import('@millrace/storage-sqlite')).sqliteSource(path),
    redis: async () => (await import('@millrace/storage-redis')).redisSource(url),
  })
}

/** Opens the store that a URL names, which has to be empty, to be filled. @throws {UnknownStoreError} {StorageOpenError} */
export function openTarget(url: string): Promise<StoreTarget> {
  return opened(url, {
    sqlite: async (path) => (await import('@millrace/storage-sqlite')).sqliteTarget(path),
    redis: async () => (await import('@millrace/storage-redis')).redisTarget(url),
  })
}

interface Openers<T> {
  readonly sqlite: (path: string) => Promise<T>
  readonly redis: () => Promise<T>
}

async function opened<T>(url: string, { sqlite, redis }: Openers<T>): Promise<T> {
  const [, scheme = '', path = ''] = /^([a-z+-]+):(.*)$/s.exec(url) ?? []
  if (scheme === 'sqlite' && path !== '') return sqlite(path)
  if (!scheme.startsWith('redis'))
    throw new UnknownStoreError(`"${url}" cannot be copied; use sqlite:DIRECTORY or redis://HOST:PORT`)
  const { StoreUrlError } = await import('@millrace/storage-redis')
  try {
    return await redis()
  } catch (error) {
    throw error instanceof StoreUrlError ? new UnknownStoreError(error.message) : error
  }
}

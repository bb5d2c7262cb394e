export { redisStorage } from './redis-storage.ts'
export type { RedisStorageOptions } from './redis-storage.ts'
export { StoreUrlError } from './store-url.ts'

export { sqliteStorage } from './sqlite-storage.ts'
export type { SqliteStorageOptions } from './sqlite-storage.ts'
export { sqliteSource } from './transfer/sqlite-source.ts'
export { sqliteTarget } from './transfer/sqlite-target.ts'

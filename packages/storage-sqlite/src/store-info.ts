import type { StorageInfo } from '@millrace/storage'
import { stat, statfs } from 'node:fs/promises'
import { join } from 'node:path'

/** Sizes of the store's files and the room on its disk. Asks the file system only: it works while the disk fails. */
export async function storeInfo(path: string): Promise<StorageInfo> {
  const database = join(path, 'millrace.db')
  const [bytes, walBytes, disk] = await Promise.all([size(database), size(`${database}-wal`), statfs(path)])
  return {
    durability: `a 202 means: synced to disk in ${path}, it survives the crash of the process and of the machine`,
    bytes,
    walBytes,
    freeBytes: disk.bavail * disk.bsize,
  }
}

async function size(file: string): Promise<number> {
  try {
    return (await stat(file)).size
  } catch {
    return 0
  }
}

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { databaseName } from './connection.ts'
import { OpenFailure } from './open-failure.ts'

/** Where a store that is copied to a directory stands aside, until all of it is there. */
export function unfinishedCopy(path: string): string {
  return join(path, 'unfinished-copy')
}

/** @throws {OpenFailure} a copy to this directory was cut off: what is there is not what was to be copied */
export function assertNoUnfinishedCopy(path: string): void {
  const aside = unfinishedCopy(path)
  if (!existsSync(join(aside, databaseName))) return
  throw new OpenFailure(
    'unusable',
    `a copy to the store ${path} was not finished; give the same millrace store copy again, or remove ${aside} to do without it`,
  )
}

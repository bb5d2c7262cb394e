import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'

/** Where what tests have fetched or built is kept, for all clones. */
export const serverCache: string = serverCacheOf(process.env)

/** By the XDG Base Directory Specification: a folder that is empty or relative counts as not set. */
export function serverCacheOf({ XDG_CACHE_HOME: caches = '' }: NodeJS.ProcessEnv): string {
  return join(isAbsolute(caches) ? caches : join(homedir(), '.cache'), 'millrace')
}

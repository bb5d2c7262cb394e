import { homedir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { serverCacheOf } from '../src/server-cache.ts'

const usual = join(homedir(), '.cache', 'millrace')

test.each([
  [undefined, usual],
  ['', usual],
  ['cache', usual],
  ['/var/cache/someone', '/var/cache/someone/millrace'],
])('where XDG_CACHE_HOME is %j it is %s, never the folder of the clone', (caches, folder) => {
  expect(serverCacheOf({ XDG_CACHE_HOME: caches })).toBe(folder)
})

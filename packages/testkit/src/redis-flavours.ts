import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { serverCache } from './server-cache.ts'

/** A server that speaks Redis's protocol. */
export interface RedisFlavour {
  readonly name: string
  /** Its program; undefined: `redis-server` on the PATH. */
  readonly command: string | undefined
  /** Why it cannot be tested with; undefined: it can. In CI that is a failure, not a skip. */
  readonly missing: string | undefined
}

/** Where it puts the two that a Debian 12 has not; `REDIS8_SERVER` and `VALKEY_SERVER` are others. */
export const redis8Command: string = process.env.REDIS8_SERVER ?? join(serverCache, 'redis-8', 'server')
export const valkeyCommand: string =
  process.env.VALKEY_SERVER ?? join(serverCache, 'valkey-9.1.2.post2', 'server')

/** Redis 8, unpacked from Debian 13's packages. */
export const redis8: RedisFlavour = flavour('Redis 8', redis8Command, 'REDIS8_SERVER')
/** Valkey 9, from a wheel on PyPI. */
export const valkey: RedisFlavour = flavour('Valkey 9', valkeyCommand, 'VALKEY_SERVER')

function flavour(name: string, command: string, variable: string): RedisFlavour {
  const missing =
    process.env.CI === 'true' || existsSync(command)
      ? undefined
      : `there is no ${name}: node scripts/provide-servers.ts --all fetches it, or ${variable} names one`
  return { name, command, missing }
}

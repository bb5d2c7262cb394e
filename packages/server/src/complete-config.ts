import { nearest } from '@millrace/resources'
import { defaultConfig, type ListenAddress, type ServerConfig, type ServerSettings } from './config.ts'

/** A setting that there is not, or a value that it cannot have; the message names it. */
export class SettingError extends TypeError {}

interface Kind {
  /** What is right, for the message. */
  readonly is: string
  readonly holds: (value: unknown) => boolean
}

const text: Kind = { is: 'a text', holds: (value) => typeof value === 'string' }
const texts: Kind = {
  is: 'a list of texts',
  holds: (value) => Array.isArray(value) && value.every(text.holds),
}
const truth: Kind = { is: 'true or false', holds: (value) => typeof value === 'boolean' }
const count: Kind = {
  is: 'a whole number from 0',
  holds: (value) => Number.isSafeInteger(value) && (value as number) >= 0,
}
const address: Kind = {
  is: '{ host, port }, such as { host: "127.0.0.1", port: 0 }',
  holds(value) {
    const { host, port } = (value ?? {}) as Partial<ListenAddress>
    return text.holds(host) && count.holds(port) && (port ?? 0) < 65_536
  },
}
const levels = ['debug', 'info', 'warn', 'error', 'silent'] satisfies ServerConfig['logLevel'][]

const kinds: Readonly<Record<keyof ServerConfig, Kind>> = {
  listen: address,
  admin: address,
  store: text,
  storeReserveBytes: count,
  storeLimitBytes: count,
  storeShareBytes: count,
  redisWait: count,
  redisSync: truth,
  replicasDifferMs: count,
  files: texts,
  stdin: { is: 'a function that gives the text', holds: (value) => typeof value === 'function' },
  env: {
    is: 'an object, such as process.env',
    holds: (value) => typeof value === 'object' && value !== null,
  },
  serviceUrlTemplate: text,
  unresolvedTo: text,
  maxInFlight: count,
  drainMs: count,
  adminToken: text,
  bodyLimitBytes: count,
  logLevel: { is: levels.join(', '), holds: (value) => levels.some((level) => level === value) },
  egressDeny: texts,
  egressAllow: texts,
  publicUrl: text,
  sourcesFrom: text,
}

/**
 * The settings with those that were left out, or are undefined: as `millrace serve` has them.
 * @throws {SettingError}
 */
export function completeConfig(given: ServerSettings): ServerConfig {
  const set = Object.entries(given).filter(([, value]) => value !== undefined)
  for (const [name, value] of set) {
    if (!isSetting(name)) {
      const near = nearest(name, Object.keys(kinds))
      const hint = near === undefined ? `there are ${Object.keys(kinds).join(', ')}` : `did you mean ${near}?`
      throw new SettingError(`there is no setting "${name}" of a server; ${hint}`)
    }
    const { is, holds } = kinds[name]
    if (!holds(value)) throw new SettingError(`${name} is ${JSON.stringify(value)}; it is ${is}`)
  }
  return { ...defaultConfig, ...Object.fromEntries(set) }
}

function isSetting(name: string): name is keyof ServerConfig {
  return Object.hasOwn(kinds, name)
}

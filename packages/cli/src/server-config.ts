import type { ServerConfig } from '@millrace/server'
import type { Options, Values } from './command-spec.ts'
import { usageError } from './exit-code.ts'
import { filesOption } from './files-option.ts'
import { choice, count, durationMs, hostAndPort, httpUrl, sizeBytes } from './option-values.ts'
import { serviceUrlOption, serviceUrls } from './service-url-option.ts'
import type { Terminal } from './terminal.ts'

export const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const

/** The flags of what runs a server. */
export const configOptions = {
  ...filesOption,
  listen: {
    type: 'string',
    value: 'HOST:PORT',
    default: '127.0.0.1:8080',
    help: 'where events are sent to; port 0 takes a free one',
  },
  admin: {
    type: 'string',
    value: 'HOST:PORT',
    default: '127.0.0.1:8081',
    help: 'health, metrics and commands',
  },
  'admin-token': {
    type: 'string',
    value: 'TOKEN',
    help: 'what commands must know to change anything; needed where --admin is not loopback',
  },
  store: {
    type: 'string',
    value: 'URL',
    default: 'sqlite:./data',
    help: 'sqlite:DIRECTORY, redis://HOST:PORT (shared by processes), or memory: (lost at the end)',
  },
  'store-reserve': {
    type: 'string',
    value: 'SIZE',
    default: '64Mi',
    help: 'free disk space below which events are refused',
  },
  'store-limit': {
    type: 'string',
    value: 'SIZE',
    help: 'the most that waits to be delivered; beyond it events are refused (503)',
  },
  'store-share': {
    type: 'string',
    value: 'SIZE',
    help: 'the most of it for one broker, channel or flow (429); half of the limit where unset',
  },
  'redis-wait': {
    type: 'string',
    value: 'N',
    help: 'replicas of a store on Redis that must have an event before its 202 (503 where they have not)',
  },
  'redis-sync': {
    type: 'boolean',
    help: 'its 202 waits for the append-only file of a store on Redis to be synced (Redis 7.2, Valkey)',
  },
  ...serviceUrlOption,
  'max-in-flight': {
    type: 'string',
    value: 'N',
    help: 'deliveries under way at once in this process; follows the file limit where unset',
  },
  drain: {
    type: 'string',
    value: 'DURATION',
    default: '8s',
    help: 'how long SIGTERM waits for deliveries under way',
  },
  'body-limit': {
    type: 'string',
    value: 'SIZE',
    default: '1Mi',
    help: 'the largest event, and the largest reply',
  },
  'egress-deny': {
    type: 'string',
    multiple: true,
    value: 'CIDR',
    help: 'addresses that nothing is sent to, beside link-local and metadata ones',
  },
  'egress-allow': {
    type: 'string',
    multiple: true,
    value: 'CIDR',
    help: 'exceptions from the addresses that are denied',
  },
  'public-url': {
    type: 'string',
    value: 'URL',
    help: 'where the outside reaches the ingress port (webhooks)',
  },
  'log-level': {
    type: 'string',
    value: 'LEVEL',
    default: 'info',
    choices: logLevels,
    help: logLevels.join(', '),
  },
} as const satisfies Options

/**
 * What the flags say, in the server's terms.
 * @throws {CommandError} (exit 2) that names the flag.
 */
export function serverConfig(flags: Values<typeof configOptions>, terminal: Terminal): ServerConfig {
  const most = flags['max-in-flight']
  const token = flags['admin-token']
  const publicUrl = flags['public-url']
  const limit = optionalSize('--store-limit', flags['store-limit'])
  const replicas = flags['redis-wait']
  assertOfRedis(flags)
  const share = optionalSize('--store-share', flags['store-share'])
  if (limit !== undefined && share !== undefined && share > limit)
    throw usageError(
      `--store-share is ${share} bytes, more than the ${limit} of --store-limit; it is a part of that`,
    )
  return {
    files: flags.files,
    env: terminal.env,
    stdin: () => terminal.readInput(),
    listen: hostAndPort('--listen', flags.listen),
    admin: hostAndPort('--admin', flags.admin),
    store: flags.store,
    storeReserveBytes: sizeBytes('--store-reserve', flags['store-reserve']),
    drainMs: durationMs('--drain', flags.drain),
    egressDeny: listed(flags['egress-deny']),
    egressAllow: listed(flags['egress-allow']),
    bodyLimitBytes: sizeBytes('--body-limit', flags['body-limit']),
    logLevel: choice('--log-level', flags['log-level'], logLevels),
    ...(limit === undefined ? {} : { storeLimitBytes: limit }),
    ...(share === undefined ? {} : { storeShareBytes: share }),
    ...(replicas === undefined ? {} : { redisWait: count('--redis-wait', replicas) }),
    ...(flags['redis-sync'] ? { redisSync: true } : {}),
    ...serviceUrls(flags),
    ...(most === undefined ? {} : { maxInFlight: count('--max-in-flight', most) }),
    ...(token === undefined ? {} : { adminToken: token }),
    ...(publicUrl === undefined ? {} : { publicUrl: httpUrl('--public-url', publicUrl) }),
  }
}

/** A durability that the store has no word for is not silently left out. */
function assertOfRedis(flags: Values<typeof configOptions>): void {
  const given = [
    ...(flags['redis-wait'] === undefined ? [] : ['--redis-wait']),
    ...(flags['redis-sync'] ? ['--redis-sync'] : []),
  ]
  if (given.length > 0 && !/^rediss?[+:-]/.test(flags.store))
    throw usageError(
      `${given.join(' and ')} go${given.length === 1 ? 'es' : ''} with a store on Redis, and --store is ${flags.store}; use --store redis://HOST:PORT, or leave ${given.length === 1 ? 'it' : 'them'} out`,
    )
}

function optionalSize(flag: string, text: string | undefined): number | undefined {
  return text === undefined ? undefined : sizeBytes(flag, text)
}

/** Flags that are given several times, with several values each. */
function listed(values: readonly string[]): string[] {
  return values.flatMap((value) => value.split(',')).filter((value) => value.trim() !== '')
}

import type { StorageLimits } from '@millrace/storage'

/** Where a port listens. Port 0 takes a free one. */
export interface ListenAddress {
  readonly host: string
  readonly port: number
}

/** All that a server is told; the command line and embedding programs fill it in. */
export interface ServerConfig {
  readonly listen: ListenAddress
  readonly admin: ListenAddress
  /** `sqlite:DIRECTORY`, `redis://HOST:PORT` and its like, or `memory:`. */
  readonly store: string
  /** Below this much free space on the store's disk ingest is refused. */
  readonly storeReserveBytes: number
  /** How much may be stored that is not delivered; beyond it ingest is refused (503). No limit of its own where unset. */
  readonly storeLimitBytes?: number
  /** How much of that one addressable may have; beyond it only its own events are refused (429). */
  readonly storeShareBytes?: number
  /** Replicas of a store on Redis that must have an event before it is accepted. */
  readonly redisWait?: number
  /** A store on Redis must have synced an event to its append-only file before it is accepted. */
  readonly redisSync?: boolean
  /** Files and directories of manifests; `-` is standard input. */
  readonly files: readonly string[]
  /** What `-` among the files reads. */
  readonly stdin?: () => Promise<string>
  /** For `${NAME}` in manifests. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** Gives a `v1 Service` ref without a manifest its URL, such as `http://{name}:8080`. */
  readonly serviceUrlTemplate?: string
  /** Where every ref that does not resolve goes, with its own relative `uri`: for development. */
  readonly unresolvedTo?: string
  /** The cap of attempts under way over all routes; unset, it follows the process's file limit. */
  readonly maxInFlight?: number
  /** How long a graceful stop waits for attempts under way. */
  readonly drainMs: number
  /** What changes anything on the admin port needs it as a bearer token. */
  readonly adminToken?: string
  /** The largest event that ingress takes, and the largest reply that is read. */
  readonly bodyLimitBytes: number
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent'
  /** Blocks of addresses (CIDR) that nothing is sent to, beside link-local and metadata addresses. */
  readonly egressDeny?: readonly string[]
  /** Exceptions from what is denied. */
  readonly egressAllow?: readonly string[]
  /** Manifests that differ between the processes on a store for so long are said to; a minute where left out. */
  readonly replicasDifferMs?: number
  /** Where the outside reaches the ingress port. */
  readonly publicUrl?: string
  /** The folder that packages of sources are installed for; the one that the process works in where left out. */
  readonly sourcesFrom?: string
}

/** What an embedding program says of it: what is left out or undefined is as the command line has it. */
export type ServerSettings = { [Name in keyof ServerConfig]?: ServerConfig[Name] | undefined }

/** What holds where nothing else is said. */
export const defaultConfig = {
  listen: { host: '127.0.0.1', port: 8080 },
  admin: { host: '127.0.0.1', port: 8081 },
  store: 'sqlite:./data',
  storeReserveBytes: 64 * 1024 * 1024,
  files: [],
  env: {},
  drainMs: 8_000,
  bodyLimitBytes: 1024 * 1024,
  logLevel: 'info',
} as const satisfies ServerConfig

/** The limits in the store's terms. One addressable may take half where nothing else is said: the rest is left to the others. */
export function storageLimits({ storeLimitBytes, storeShareBytes }: ServerConfig): StorageLimits {
  const ownerBytes =
    storeShareBytes ?? (storeLimitBytes === undefined ? undefined : Math.floor(storeLimitBytes / 2))
  return {
    ...(storeLimitBytes === undefined ? {} : { totalBytes: storeLimitBytes }),
    ...(ownerBytes === undefined ? {} : { ownerBytes }),
  }
}

/** What a running server answers on, as URLs. */
export interface Addresses {
  readonly ingress: string
  readonly admin: string
}

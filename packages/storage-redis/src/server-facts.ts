import { StorageOpenError } from '@millrace/storage'
import type { Connection } from './connection.ts'
import { pairs, text } from './reply.ts'

/** What the server says of itself. */
export interface ServerFacts {
  /** `redis 7.0.15`, `valkey 9.1.2`. */
  readonly version: string
  readonly uptimeMs: number
  readonly replicas: number
  readonly usedBytes: number
  readonly maxBytes: number | undefined
  readonly policy: string | undefined
  readonly aof: boolean
  /** Not known where the server does not show its settings. */
  readonly fsync: string | undefined
  readonly snapshots: string | undefined
}

const oldestMajor = 7

/** Reads what a 202 will mean here. */
export async function serverFacts(connection: Connection): Promise<ServerFacts> {
  const info = parseInfo(text(await connection.ask({ name: 'info', args: [] })))
  const settings = await readSettings(connection)
  const maxBytes = Number(info.get('maxmemory') ?? 0)
  const valkey = info.get('valkey_version')
  return {
    version: valkey === undefined ? `redis ${info.get('redis_version') ?? '?'}` : `valkey ${valkey}`,
    uptimeMs: Number(info.get('uptime_in_seconds') ?? 0) * 1_000,
    replicas: Number(info.get('connected_slaves') ?? 0),
    usedBytes: Number(info.get('used_memory') ?? 0),
    maxBytes: maxBytes === 0 ? undefined : maxBytes,
    policy: info.get('maxmemory_policy') ?? settings.get('maxmemory-policy'),
    aof: info.get('aof_enabled') === '1',
    fsync: settings.get('appendfsync'),
    snapshots: settings.get('save'),
  }
}

/** @throws {StorageOpenError} the server would lose what it has accepted, or cannot run the scripts */
export function assertUsable({ version, policy }: ServerFacts, allowEviction: boolean): void {
  const [, name, major = '0'] = /^(\w+) (\d+)/.exec(version) ?? []
  if (name === 'redis' && Number(major) < oldestMajor)
    throw new StorageOpenError('unusable', `${version} is too old: Redis ${oldestMajor} or Valkey is needed`)
  if (policy !== undefined && policy !== 'noeviction' && !allowEviction)
    throw new StorageOpenError(
      'unusable',
      `its maxmemory-policy is ${policy}, which throws accepted events away when memory is short; set it to noeviction, or add eviction=allowed to the parameters of the URL`,
    )
}

/** One line that says what a 202 means. */
export function durabilityOf({ version, aof, fsync, snapshots, replicas }: ServerFacts): string {
  const replicated =
    replicas === 0 ? 'no replica' : `${replicas} replica${replicas === 1 ? '' : 's'}, not waited for`
  return `a 202 means: in the memory of ${version} (${replicated}), ${persistence(aof, fsync, snapshots)}`
}

function persistence(aof: boolean, fsync: string | undefined, snapshots: string | undefined): string {
  if (aof && fsync === 'always')
    return 'and synced to its append-only file: it survives the crash of its machine'
  if (aof && fsync === 'everysec')
    return 'and in its append-only file, synced every second: a crash of its machine loses the last second or two'
  if (aof && fsync === 'no')
    return 'and in its append-only file, synced when the system likes (appendfsync no): a crash of its machine loses that'
  if (aof) return 'and in its append-only file, synced as its settings say (they are not shown to us)'
  if (snapshots !== undefined && snapshots !== '')
    return `written to disk by snapshots only (save ${snapshots}): a crash of Redis loses what came after the last one`
  return 'and nowhere else: a crash or restart of Redis loses it'
}

/** Managed services may refuse CONFIG. */
async function readSettings(connection: Connection): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>()
  for (const name of ['appendfsync', 'save', 'maxmemory-policy'])
    for (const [key, value] of pairs(
      await connection.ask({ name: 'config', args: ['GET', name] }).catch(() => []),
    ))
      found.set(key, text(value))
  return found
}

function parseInfo(info: string): ReadonlyMap<string, string> {
  const lines = info.split('\r\n').map((line) => line.split(':'))
  return new Map(
    lines.filter(([, value]) => value !== undefined).map(([name = '', ...rest]) => [name, rest.join(':')]),
  )
}

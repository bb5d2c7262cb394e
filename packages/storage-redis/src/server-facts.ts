import { StorageOpenError } from '@millrace/storage'
import type { Confirmations } from './confirmation.ts'
import type { Connection } from './connection.ts'
import type { RedisCommand } from './command.ts'
import { isForbidden, isUnknownCommand, numberOrNone, pairs, text } from './reply.ts'

/** What the server says of itself. What it does not show is undefined. */
export interface ServerFacts {
  /** `redis 7.0.15`, `valkey 9.1.2`. */
  readonly version: string
  readonly uptimeMs: number
  /** Connected now. */
  readonly replicas: number | undefined
  readonly usedBytes: number | undefined
  readonly policy: string | undefined
  readonly aof: boolean | undefined
  readonly fsync: string | undefined
  /** `3600 1 300 100`; empty: none are made. */
  readonly snapshots: string | undefined
}

const oldestMajor = 7

/** Reads what a 202 will mean here. */
export async function serverFacts(connection: Connection): Promise<ServerFacts> {
  const info = parseInfo(await allowed(connection, { name: 'info', args: [] }))
  const settings = new Map<string, string>()
  for (const name of ['appendonly', 'appendfsync', 'save', 'maxmemory-policy'])
    for (const [key, value] of pairs(await allowed(connection, { name: 'config', args: ['GET', name] })))
      settings.set(key, text(value))
  const number = (name: string): number | undefined => numberOrNone(info.get(name))
  const valkey = info.get('valkey_version')
  const written = info.get('aof_enabled') ?? settings.get('appendonly')
  return {
    version: valkey === undefined ? `redis ${info.get('redis_version') ?? '?'}` : `valkey ${valkey}`,
    uptimeMs: (number('uptime_in_seconds') ?? 0) * 1_000,
    replicas: number('connected_slaves'),
    usedBytes: number('used_memory'),
    policy: settings.get('maxmemory-policy') ?? info.get('maxmemory_policy'),
    aof: written === undefined ? undefined : written === '1' || written === 'yes',
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

/** One line that says what a 202 means, and what of it is not known. */
export function durabilityOf(facts: ServerFacts, confirmed: Confirmations): string {
  const sentence = `a 202 means: in the memory of ${facts.version} (${replication(facts, confirmed)}), ${persistence(facts, confirmed)}`
  const evicts = facts.policy !== undefined && facts.policy !== 'noeviction'
  if (evicts) return `${sentence}; but ${facts.policy} throws events away when memory is short`
  return facts.policy === undefined
    ? `${sentence}; whether events are thrown away when memory is short is not known: the server does not show its maxmemory-policy`
    : sentence
}

function replication({ replicas }: ServerFacts, confirmed: Confirmations): string {
  const wanted = confirmed.replicas ?? 0
  if (wanted > 0)
    return `and of ${wanted} ${wanted === 1 ? 'replica that is' : 'replicas that are'} waited for; connected now: ${replicas ?? 'not shown to us'}`
  if (replicas === undefined) return 'its replicas are not shown to us, and not waited for'
  return replicas === 0 ? 'no replica' : `${replicas} replica${replicas === 1 ? '' : 's'}, not waited for`
}

function persistence({ aof, fsync, snapshots }: ServerFacts, { sync = false }: Confirmations): string {
  if (sync) return 'and synced to its append-only file, waited for: it survives the crash of its machine'
  if (aof === true) return writing(fsync)
  if (aof === undefined)
    return 'and whether it is on a disk is not known: the server shows neither INFO nor CONFIG to this user'
  if (snapshots === undefined)
    return 'not in an append-only file; whether snapshots are made is not known (the server does not show its settings): a crash or restart of Redis may lose it'
  if (snapshots !== '')
    return `written to disk by snapshots only (save ${snapshots}): a crash of Redis loses what came after the last one`
  return 'and nowhere else: a crash or restart of Redis loses it'
}

function writing(fsync: string | undefined): string {
  switch (fsync) {
    case 'always':
      return 'and synced to its append-only file: it survives the crash of its machine'
    case 'everysec':
      return 'and in its append-only file, synced every second: a crash of its machine loses the last second or two'
    case 'no':
      return 'and in its append-only file, synced when the system likes (appendfsync no): a crash of its machine loses that'
    default:
      return 'and in its append-only file, synced as its settings say, which it does not show us: unless they are always, a crash of its machine may lose the last seconds'
  }
}

/** undefined: a managed service, or the user's rules, forbid it. @throws the connection was lost, or another error */
async function allowed(connection: Connection, command: RedisCommand): Promise<unknown> {
  const [reply] = await connection.send([command])
  if (reply?.kind === 'value') return reply.value
  if (reply?.kind === 'error' && (isForbidden(reply.error) || isUnknownCommand(reply.error))) return undefined
  throw reply?.kind === 'error' ? reply.error : new Error('the connection to Redis was lost')
}

function parseInfo(info: unknown): ReadonlyMap<string, string> {
  const lines = text(info)
    .split('\r\n')
    .map((line) => line.split(':'))
  return new Map(
    lines.filter(([, value]) => value !== undefined).map(([name = '', ...rest]) => [name, rest.join(':')]),
  )
}

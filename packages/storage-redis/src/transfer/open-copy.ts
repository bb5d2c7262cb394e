import { StorageOpenError } from '@millrace/storage'
import { ClusterNodes } from '../cluster.ts'
import type { RedisCommand } from '../command.ts'
import { Connection } from '../connection.ts'
import { KeySpace } from '../key-space.ts'
import { loadScripts } from '../link.ts'
import { assertUsable, serverFacts } from '../server-facts.ts'
import { storePlace } from '../store-url.ts'

const stallMs = 30_000
/** Whoever copies says so at least so often; a copier that died is not waited for any longer. */
const copierSeconds = 60

/** A connection to a store that is copied, or copied to, for which no server can be started meanwhile. */
export interface Copying {
  readonly connection: Connection
  readonly keys: KeySpace
  /** The URL without its password. */
  readonly shown: string
  /** Says that the copy goes on. */
  readonly goesOn: () => Promise<void>
  close(): Promise<void>
}

/** @throws {StorageOpenError} the server cannot be reached, or somebody else copies */
export async function openCopy(url: string): Promise<Copying> {
  const place = storePlace(url)
  const { shown } = place
  const keys = new KeySpace(place.store)
  const connection = await connect(place, keys.prefix).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error)
    throw new StorageOpenError('unusable', `${shown} cannot be used: ${reason}`, { cause: error })
  })
  const copier = keys.of('copier')
  const own = `process ${process.pid}`
  const taken = await connection.ask({ name: 'set', args: [copier, own, 'NX', 'EX', copierSeconds] })
  if (taken === null) {
    connection.end()
    throw new StorageOpenError('held', `${shown} is being copied already, or was until a minute ago`)
  }
  return {
    connection,
    keys,
    shown,
    goesOn: async () => {
      await connection.ask({ name: 'expire', args: [copier, copierSeconds] })
    },
    async close() {
      if (connection.isOpen) await connection.ask({ name: 'del', args: [copier] }).catch(() => undefined)
      connection.end()
    },
  }
}

async function connect(place: ReturnType<typeof storePlace>, prefix: string): Promise<Connection> {
  const node = place.cluster === undefined ? {} : await nodeOf(place, prefix)
  const redis = { ...place.server, ...node }
  const connection = await Connection.open({ redis, stallMs, ended: () => undefined })
  assertUsable(await serverFacts(connection), place.allowEviction)
  await loadScripts(connection)
  return connection
}

function nodeOf({ cluster, server }: ReturnType<typeof storePlace>, prefix: string): Promise<object> {
  return new ClusterNodes(cluster ?? []).find(prefix, server, stallMs)
}

/** All commands in one piece. @throws the first error */
export async function askAll(connection: Connection, commands: readonly RedisCommand[]): Promise<unknown[]> {
  return (await connection.send(commands)).map((reply) => {
    if (reply.kind === 'value') return reply.value
    throw reply.kind === 'error' ? reply.error : new Error('the connection to Redis was lost')
  })
}

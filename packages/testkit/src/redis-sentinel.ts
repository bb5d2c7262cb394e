import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { eventually } from './eventually.ts'
import { freePorts } from './redis-cluster.ts'
import { redisServer, type RedisServer } from './redis-server.ts'
import { tempDir, type TempDir } from './temp-dir.ts'

/** A primary, a replica, and three Sentinels that watch them under the name `main`. */
export class WatchedRedis implements AsyncDisposable {
  readonly servers: readonly RedisServer[]
  readonly sentinels: readonly RedisServer[]
  readonly #ports: readonly number[]
  readonly #home: TempDir

  constructor(
    home: TempDir,
    servers: readonly RedisServer[],
    sentinels: readonly RedisServer[],
    ports: readonly number[],
  ) {
    this.#home = home
    this.servers = servers
    this.sentinels = sentinels
    this.#ports = ports
  }

  storeUrl(name = 'millrace'): string {
    return `redis-sentinel://${this.#ports.map((port) => `127.0.0.1:${port}`).join(',')}/main?name=${name}`
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const server of [...this.sentinels, ...this.servers]) await server[Symbol.asyncDispose]()
    await this.#home[Symbol.asyncDispose]()
  }
}

/** Starts them and waits until the Sentinels agree. */
export async function watchedRedis(): Promise<WatchedRedis> {
  const home = await tempDir()
  const [first = 0, second = 0, ...ports] = await freePorts(5)
  const servers: RedisServer[] = []
  const sentinels: RedisServer[] = []
  const watched = new WatchedRedis(home, servers, sentinels, ports)
  try {
    servers.push(await redisServer({ port: first, appendfsync: 'everysec' }))
    servers.push(
      await redisServer({
        port: second,
        appendfsync: 'everysec',
        args: ['--replicaof', `127.0.0.1 ${first}`],
      }),
    )
    await eventually(
      async () => (await servers[1]!.ask('INFO', 'replication')).includes('master_link_status:up'),
      {
        timeoutMs: 30_000,
      },
    )
    for (const port of ports) {
      const config = join(home.path, `${port}.conf`)
      await writeFile(config, sentinelConfig(first))
      sentinels.push(await redisServer({ port, sentinel: config }))
    }
    for (const sentinel of sentinels)
      await eventually(async () => (await sentinel.ask('SENTINEL', 'CKQUORUM', 'main')).startsWith('+OK 3'), {
        timeoutMs: 30_000,
      })
  } catch (error) {
    await watched[Symbol.asyncDispose]()
    throw error
  }
  return watched
}

function sentinelConfig(port: number): string {
  return [
    `sentinel monitor main 127.0.0.1 ${port} 2`,
    'sentinel down-after-milliseconds main 1000',
    'sentinel failover-timeout main 3000',
    '',
  ].join('\n')
}

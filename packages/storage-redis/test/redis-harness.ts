import type { Storage, StorageLimits } from '@millrace/storage'
import type { StorageHarness, Subject } from '@millrace/storage/conformance'
import type { RedisServer } from '@millrace/testkit'
import { openRedis } from '../src/redis-storage.ts'
import type { Sender } from '../src/session.ts'

/** What befalls the next pipeline. */
type Fault = 'die before' | 'die after' | 'fail before' | 'fail after'

/** A server, or what has the keys of a store. */
type TestServer = Pick<RedisServer, 'storeUrl' | 'ask'>

const never = 3_600_000
let stores = 0

/** A store of its own in a server that others use too; its process dies in the middle of a pipeline. */
export function redisHarness(server: () => TestServer, histories = 40): StorageHarness {
  return { create: (limits) => create(server(), limits), histories }
}

async function create(server: TestServer, limits: StorageLimits | undefined): Promise<Subject> {
  const name = `t${(stores += 1)}`
  const clock = { now: 1_700_000_000_000 }
  let fault: Fault | undefined
  let death = new AbortController()
  let dead = Promise.withResolvers<void>()

  const sender: Sender = async (connection, commands) => {
    const planned = fault
    fault = undefined
    if (planned === undefined) return connection.send(commands)
    const lost = commands.map(() => ({ kind: 'lost' }) as const)
    if (planned.endsWith('after')) await connection.send(commands)
    if (planned.startsWith('die')) {
      death.abort()
      dead.resolve()
    } else connection.end()
    return lost
  }
  const open = (): Promise<Storage> =>
    openRedis(
      {
        url: server.storeUrl(name),
        now: () => clock.now,
        renewMs: never,
        jobLockMs: 1_000,
        ...(limits === undefined ? {} : { limits }),
      },
      { sender, death: death.signal },
    )
  let storage = await open()

  /** The time of the dead process's name is over, and the next one finds it so. */
  async function openAfterDeath(): Promise<void> {
    await server.ask('EVAL', expireAll, 1, `m:{${name}}:`)
    death = new AbortController()
    dead = Promise.withResolvers()
    storage = await open()
  }

  return {
    get storage() {
      return storage
    },
    clock,
    async reopen() {
      await storage.close()
      storage = await open()
    },
    async crash() {
      death.abort()
      await openAfterDeath()
    },
    crashAt: (point) => void (fault = point === 'before-commit' ? 'die before' : 'die after'),
    async revive() {
      void storage.checkpoints.put('nobody reads this', new Uint8Array()).catch(() => undefined)
      await dead.promise
      await openAfterDeath()
    },
    failCommit: (landed) => void (fault = landed ? 'fail after' : 'fail before'),
    async damage(id) {
      await server.ask('HSET', `m:{${name}}:event:${id.replace(/-\d+$/, '')}`, 'record', '?')
    },
    second: open,
    dispose: () => storage.close(),
  }
}

/** As if the time of every process were over, and somebody had seen it. */
const expireAll = `for _, name in ipairs(redis.call('HKEYS', KEYS[1] .. 'members')) do
  redis.call('SADD', KEYS[1] .. 'gone', name)
  redis.call('DEL', KEYS[1] .. 'alive:' .. name)
end
return 1`

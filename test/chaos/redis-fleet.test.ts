import {
  eventually,
  receiver,
  redisMissing,
  redisServer,
  startMillrace,
  type Millrace,
  type Receiver,
  type RedisServer,
} from '@millrace/testkit'
import { describe, expect, onTestFailed, test } from 'vitest'
import { counted, deadLetters, produce, waiting } from './accounts.ts'

/** `npm run test:chaos` takes longer. */
const chaosMs = Number(process.env.CHAOS_MS ?? 20_000)
const processes = 3
const producers = 4

function trigger(name: string, type: string, uri: string): string {
  return `---
apiVersion: eventing.knative.dev/v1
kind: Trigger
metadata: { name: ${name} }
spec:
  broker: default
  filter: { attributes: { type: ${type} } }
  subscriber: { uri: ${uri} }
  delivery: { retry: 100, backoffPolicy: linear, backoffDelay: PT0.01S }
`
}

function manifestsFor(sinks: Receiver): string {
  sinks.path('/slow').replyBy(() => ({ delayMs: Math.random() * 40 }))
  sinks.path('/bad').replyBy(() => (Math.random() < 0.5 ? 503 : 200))
  sinks.path('/never').replyWith(400)
  sinks
    .path('/asks')
    .replyBy(({ headers }) => ({ event: { id: `re-${String(headers['ce-id'])}`, type: 'reply' } }))
  sinks.path('/replies').replyWith(400)
  return [
    'apiVersion: eventing.knative.dev/v1\nkind: Broker\nmetadata: { name: default }\n',
    ...['good', 'slow', 'bad', 'never', 'asks'].map((name) =>
      trigger(name, 'test.event', sinks.path(`/${name}`).url),
    ),
    trigger('replies', 'reply', sinks.path('/replies').url),
  ].join('')
}

/** Starts a killed server again, however long Redis takes to be there. */
async function back(server: Millrace): Promise<void> {
  await eventually(() => server.start(), { timeoutMs: 30_000 })
}

/** Stops a process until the others have taken it for dead, and lets it go on. */
async function freeze(server: Millrace, redis: RedisServer): Promise<void> {
  const names = async (): Promise<string> => redis.ask('HVALS', 'm:{millrace}:members')
  const isKnown = async (): Promise<boolean> => (await names()).includes(`"pid":${server.pid},`)
  await eventually(isKnown, { timeoutMs: 30_000 })
  server.signal('SIGSTOP')
  try {
    await eventually(async () => !(await isKnown().catch(() => true)), { timeoutMs: 40_000 })
  } finally {
    server.signal('SIGCONT')
  }
}

describe.skipIf(redisMissing !== undefined)(`several processes on one Redis ${redisMissing ?? ''}`, () => {
  test(
    `nothing that was accepted is lost over ${chaosMs / 1000} s of kill -9, of them and of Redis, and a process that is stopped`,
    { timeout: 4 * chaosMs + 120_000 },
    async () => {
      const servers: Millrace[] = []
      await using redis = await redisServer({ appendfsync: 'always' })
      await using sinks = await receiver({ remember: 'ids' })
      const manifests = manifestsFor(sinks)
      await using fleet = new AsyncDisposableStack()
      onTestFailed(() => {
        for (const { stderr } of servers) process.stderr.write(`${stderr.slice(-4_000)}\n`)
      })
      for (let n = 0; n < processes; n += 1)
        servers.push(fleet.use(await startMillrace({ manifests, args: ['--store', redis.storeUrl()] })))
      const [frozen, ...killed] = servers as [Millrace, ...Millrace[]]
      const accepted = new Set<string>()
      const stop = new AbortController()
      const running = Array.from({ length: producers }, (_, n) =>
        produce(servers[n % processes]!, `p${n}`, accepted, stop.signal),
      )
      let kills = 0
      let redisKills = 0
      let freezes = 0
      const until = performance.now() + chaosMs
      const frozenOnes = (async (): Promise<void> => {
        while (performance.now() < until) {
          await freeze(frozen, redis)
          freezes += 1
        }
      })()
      // its failure is the test's, once the others are through
      frozenOnes.catch(() => undefined)
      while (performance.now() < until) {
        const more = accepted.size + 1 + Math.floor(Math.random() * 300)
        await eventually(() => accepted.size >= more, { timeoutMs: 60_000 })
        // Redis is one of those that die, in each run
        if (kills > 2 * redisKills) {
          await redis.kill()
          await redis.start()
          redisKills += 1
        } else {
          const one = killed[Math.floor(Math.random() * killed.length)]
          if (one === undefined) break
          await one.kill()
          await back(one)
          kills += 1
        }
      }
      await frozenOnes
      stop.abort()
      await Promise.all(running)
      await eventually(async () => (await waiting(frozen)) === 0, { timeoutMs: 90_000 })

      const dead = await deadLetters(frozen)
      let lost = 0
      let duplicates = 0
      for (const path of ['/good', '/slow', '/bad', '/asks']) {
        const ids = counted(sinks.path(path).taken)
        lost += [...accepted].filter((id) => !ids.has(id)).length
        duplicates += [...ids.values()].reduce((sum, times) => sum + times - 1, 0)
      }
      const died = [...accepted].flatMap((id) => [dead.get(id) ?? 0, dead.get(`re-${id}`) ?? 0])
      lost += died.filter((times) => times === 0).length
      const twice = died.filter((times) => times > 1).length
      process.stdout.write(
        `redis fleet: kills ${kills}, of Redis ${redisKills}, stopped ${freezes}, accepted ${accepted.size}, deliveries due ${accepted.size * 6}, lost ${lost}, duplicates ${duplicates}, dead letters or replies twice ${twice}\n`,
      )
      expect(accepted.size).toBeGreaterThan(kills + redisKills)
      expect(freezes).toBeGreaterThan(0)
      expect(redisKills).toBeGreaterThan(0)
      expect(lost).toBe(0)
      expect(twice).toBe(0)
    },
  )
})

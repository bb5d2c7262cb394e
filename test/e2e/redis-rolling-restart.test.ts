import { eventually, receiver, redisMissing, redisServer, runCli, startMillrace } from '@millrace/testkit'
import type { Millrace, ReceiverPath, RedisServer } from '@millrace/testkit'
import { describe, expect, test } from 'vitest'
import { orphans, settled, trigger as statusOf, triggers } from './fixture/admin.ts'
import { broker, trigger } from './fixture/manifests.ts'
import { acceptAll, brokerUrl, Producers } from './fixture/producing.ts'

/** Manifests that differ for so long are said to, and the third process rolls on only when they are. */
const differMs = 60_000

/** Which manifests a process has. */
type Version = 'old' | 'new'

/** Three processes on one Redis, and producers whose events say which manifests their process has. */
class Fleet extends AsyncDisposableStack {
  readonly servers: Millrace[] = []
  readonly #versions: Version[] = []
  readonly #accepted: string[] = []
  #made = 0

  async launch(redis: RedisServer, manifests: string): Promise<void> {
    const args = ['--store', redis.storeUrl(), '--drain', '1s']
    this.servers.push(this.use(await startMillrace({ manifests, args })))
    this.#versions.push('old')
  }

  /** Stops a process as an orchestrator does, and starts it with other manifests. */
  async roll(n: number, manifests: string): Promise<void> {
    const server = this.servers[n]!
    const code = await server.stop()
    if (code !== 0) throw new Error(`it ended with ${code}: ${server.stderr}`)
    this.#versions[n] = 'new'
    await server.write('manifests.yaml', manifests)
    await server.start()
  }

  /** Producers send to all of them in turn for as long as something goes on; where one is away the next event goes on to the next. */
  async busy(meanwhile: (producers: Producers) => Promise<void>): Promise<void> {
    let process = 0
    const url = (): string => brokerUrl(this.servers[process]!)
    const event = (): { id: string } => {
      process = (process + 1) % this.servers.length
      return this.#event(process)
    }
    const producers = new Producers(url, event, 3)
    try {
      await meanwhile(producers)
    } finally {
      await producers.stop()
    }
    this.#accepted.push(...producers.accepted)
  }

  /** One event for each process, which takes it. */
  async sendOneEach(): Promise<void> {
    for (const [n, server] of this.servers.entries()) {
      const event = this.#event(n)
      await acceptAll(brokerUrl(server), [event])
      this.#accepted.push(event.id)
    }
  }

  /** The ids of what was accepted: by all of them, or by those with these manifests. */
  accepted(version: Version | '' = ''): Set<string> {
    return new Set(this.#accepted.filter((id) => id.startsWith(version)))
  }

  #event(process: number): { id: string } {
    this.#made += 1
    return { id: `${this.#versions[process]}-${this.#made}` }
  }
}

/** The texts of `ReplicasAgree` `False`, by trigger. */
async function disagreements(asked: Millrace): Promise<Record<string, string | undefined>> {
  const found: Record<string, string | undefined> = {}
  for (const [name, { conditions }] of await triggers(asked))
    for (const { type, status, message } of conditions)
      if (type === 'ReplicasAgree' && status === 'False') found[name] = message
  return found
}

/** Those that a sink has not taken. */
function missing(ids: ReadonlySet<string>, sink: ReceiverPath): Set<string> {
  const taken = new Set(sink.taken)
  return new Set([...ids].filter((id) => !taken.has(id)))
}

describe.skipIf(redisMissing !== undefined)(`a rolling restart on one Redis ${redisMissing ?? ''}`, () => {
  test(
    'a trigger goes and another comes, process by process, while producers send: each event goes where its process said',
    { timeout: 180_000 },
    async () => {
      await using redis = await redisServer()
      await using sink = await receiver({ remember: 'ids' })
      const [stays, goes, comes] = [sink.path('/stays'), sink.path('/goes'), sink.path('/comes')]
      // one attempt at a time for each process that has it: what is under way counts those processes
      const one = { annotations: { 'millrace.dev/in-flight': '1' } }
      const common = broker() + trigger('stays', stays.url)
      const before = common + trigger('goes', goes.url, one)
      const after = common + trigger('comes', comes.url, one)
      await using fleet = new Fleet()
      for (let n = 0; n < 3; n += 1) await fleet.launch(redis, before)
      const [first, second, last] = fleet.servers as [Millrace, Millrace, Millrace]

      /** While no attempt is answered each process makes one for each trigger that it has. */
      async function expectAttempts(expected: { goes: number; comes: number }): Promise<void> {
        for (const path of [goes, comes]) path.hold()
        await fleet.busy(async (producers) => {
          const pending = (): object => ({ goes: goes.pending, comes: comes.pending })
          await producers.accept(30)
          await eventually(() => expect(pending()).toEqual(expected))
          // who lacks a trigger had time to take something of it
          await producers.accept(60)
          expect(pending()).toEqual(expected)
        })
      }

      /** Producers send while it stops and starts, and for a while before and after. */
      async function roll(n: number): Promise<void> {
        for (const path of [goes, comes]) path.release()
        await fleet.busy(async (producers) => {
          await producers.accept(30)
          await fleet.roll(n, after)
          await producers.accept(30)
        })
      }

      await expectAttempts({ goes: 3, comes: 0 })
      expect(await disagreements(last)).toEqual({})
      await roll(0)
      await expectAttempts({ goes: 2, comes: 1 })
      expect(await orphans(first)).toEqual([])
      await roll(1)
      await expectAttempts({ goes: 1, comes: 2 })
      expect(await orphans(first)).toEqual([])

      // the last one that has it delivers all of it, whoever has accepted it: what another had claimed would not come
      for (const path of [goes, comes]) path.release()
      const lacking = ({ pid }: Millrace): unknown => expect.stringMatching(`process ${pid} on \\S+ has none`)
      await eventually(
        async () => {
          await fleet.sendOneEach()
          expect(await disagreements(first)).toEqual({ comes: lacking(last) })
          expect(await disagreements(second)).toEqual({ comes: lacking(last) })
          for (const each of [first, second])
            expect(await disagreements(last)).toEqual({ goes: lacking(each) })
        },
        { timeoutMs: 1.5 * differMs },
      )
      await settled(last)
      expect(new Set(goes.taken)).toEqual(fleet.accepted('old'))

      // what waits for it when the last one stops is an orphan, and kept
      goes.hold()
      await fleet.busy(async (producers) => {
        await producers.accept(60)
        await eventually(() => expect(goes.pending).toBe(1))
        await fleet.roll(2, after)
        await producers.accept(30)
      })
      const requests = goes.count
      const unsent = missing(fleet.accepted('old'), goes)
      expect(unsent.size).toBeGreaterThan(0)
      goes.release()
      await settled(last)
      for (const server of fleet.servers) {
        await eventually(async () => expect(await disagreements(server)).toEqual({}))
        expect(await orphans(server)).toMatchObject([{ name: 'goes', waiting: unsent.size }])
      }
      expect(first.stderr).toContain('the manifests of all processes on the store are the same again')
      expect((await statusOf(first, 'stays')).deadLetters).toBe(0)

      expect(missing(fleet.accepted(), stays)).toEqual(new Set())
      expect(new Set(comes.taken)).toEqual(fleet.accepted('new'))
      expect(goes.count).toBe(requests)

      // they can be had all the same
      const seen = comes.count
      const { stdout } = await runCli(['orphans', 'redirect', 'goes', 'comes', '--server', first.admin])
      expect(stdout).toBe(`redirected ${unsent.size} of ${unsent.size}\n`)
      await settled(first)
      expect(new Set(comes.ids.slice(seen))).toEqual(unsent)
      const counts = [
        `${fleet.accepted().size} accepted, ${fleet.accepted('new').size} by new processes`,
        `stays ${stays.count}, goes ${goes.count}, comes ${comes.count} requests`,
        `${unsent.size} orphans`,
      ]
      process.stdout.write(`redis: rolling restart of 3 processes: ${counts.join('; ')}; 0 lost\n`)
    },
  )
})

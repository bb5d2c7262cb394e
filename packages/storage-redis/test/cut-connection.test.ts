import type { AppendItem, AppendResult, Lease, RouteNumber, Storage } from '@millrace/storage'
import { eventually, redisMissing, redisProxy, redisServer } from '@millrace/testkit'
import type { Cut, RedisServer } from '@millrace/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { redisStorage } from '../src/index.ts'

const details = { reason: 'no', attempts: 1, firstAttempt: 1, lastAttempt: 1 }
const far = 4_102_444_800_000

/** What a run was told, and what must be there after it. */
interface Account {
  /** Answered stored, and not settled since: ROUTE/TEXT. */
  readonly due: Set<string>
  /** Nobody may ever see these. */
  readonly refused: Set<string>
  readonly dead: Set<string>
}

/** Does one of everything on a store whose line may be cut at any moment, as a server does it. */
class Run {
  readonly #storage: Storage
  readonly #routes: readonly RouteNumber[]
  readonly account: Account = { due: new Set(), refused: new Set(), dead: new Set() }

  constructor(storage: Storage, routes: readonly RouteNumber[]) {
    this.#storage = storage
    this.#routes = routes
  }

  async everything(): Promise<void> {
    const [a, b, c] = this.#routes as [number, number, number]
    const plain = await this.#put('plain', [a], true)
    const both = await this.#put('both', [a, b], true)
    await this.#put('waits', [a], false)
    await this.#put('once', [b], false, { dedupe: { key: 'k', keepMs: 60_000 } })
    await this.#put('mixed', [c], true, { archive: { keepMs: 60_000, eventId: 'mixed' } })
    for (const lease of plain) await this.#done(lease, 'plain')
    if (both[0] !== undefined) await this.#reply(both[0], 'both', 'reply', c)
    if (both[1] !== undefined) await this.#retry(both[1])
    for (const lease of await this.#claim(b)) await this.#bury(lease)
    await this.#storage.release(await this.#claim(a))
    await this.#put('last', [a, b, c], true)
  }

  async #put(
    name: string,
    routes: readonly RouteNumber[],
    lease: boolean,
    more: Partial<AppendItem> = {},
  ): Promise<readonly Lease[]> {
    const to = routes.map((route) => ({ route, lease }))
    const item = { owner: '/default/o', record: Buffer.from(name), to, ...more }
    return this.#told(name, routes, (await this.#storage.append([item]))[0])
  }

  #told(name: string, routes: readonly RouteNumber[], result: AppendResult | undefined): readonly Lease[] {
    if (result?.kind === 'refused') this.account.refused.add(name)
    if (result?.kind !== 'stored') return []
    for (const route of routes) this.account.due.add(`${route}/${name}`)
    return result.leases
  }

  /** A claim gives nothing while the store is away; what it would have given is there later. */
  async #claim(route: RouteNumber): Promise<readonly Lease[]> {
    const [result] = await this.#storage.claim([{ route, max: 1, maxBytes: 1_000 }])
    return result?.leases ?? []
  }

  async #done(lease: Lease, name: string): Promise<void> {
    const [result] = await this.#storage.settle([{ lease, outcome: { kind: 'done' } }])
    if (result?.kind === 'settled') this.account.due.delete(`${lease.route}/${name}`)
  }

  async #reply(lease: Lease, name: string, reply: string, to: RouteNumber): Promise<void> {
    const appends = [{ owner: '/default/o', record: Buffer.from(reply), to: [{ route: to, lease: true }] }]
    const [result] = await this.#storage.settle([{ lease, outcome: { kind: 'done' }, appends }])
    if (result?.kind !== 'settled') return
    this.account.due.delete(`${lease.route}/${name}`)
    this.#told(reply, [to], result.appends[0])
  }

  async #retry(lease: Lease): Promise<void> {
    const attempt = { n: 1, at: 1, ms: 1 }
    await this.#storage.settle([{ lease, outcome: { kind: 'retry', due: 1 }, attempt }])
  }

  async #bury(lease: Lease): Promise<void> {
    const name = Buffer.from(lease.record ?? []).toString()
    const deadLetters = [{ route: lease.route, details }]
    const [result] = await this.#storage.settle([{ lease, outcome: { kind: 'done' }, deadLetters }])
    if (result?.kind !== 'settled') return
    this.account.due.delete(`${lease.route}/${name}`)
    this.account.dead.add(name)
  }
}

/** Everything that is there, read by another process after the first one has closed. */
async function found(url: string, ids: readonly string[]): Promise<{ due: string[]; dead: string[] }> {
  const storage = await redisStorage({ url, now: () => far })
  try {
    const numbers = [...(await storage.routes.register(ids)).values()]
    const results = await storage.claim(numbers.map((route) => ({ route, max: 100, maxBytes: 1_000_000 })))
    const due = results.flatMap(({ route, leases }) =>
      leases.map(({ record }) => `${route}/${Buffer.from(record ?? []).toString()}`),
    )
    const letters = await storage.deadLetters.list({ limit: 100 })
    return { due, dead: letters.map(({ record }) => Buffer.from(record).toString()) }
  } finally {
    await storage.close()
  }
}

describe.skipIf(redisMissing !== undefined)(`a line that is cut ${redisMissing ?? ''}`, () => {
  const ids = ['a', 'b', 'c']
  let server: RedisServer
  beforeAll(async () => void (server = await redisServer()))
  afterAll(() => server[Symbol.asyncDispose]())

  /** → how many commands the run took */
  async function cut(after: number, when: Cut): Promise<number> {
    await using proxy = await redisProxy(server.socket)
    const name = `cut-${after}-${when}`
    const storage = await redisStorage({ url: `redis+unix://${proxy.socket}?name=${name}` })
    let account: Account
    let commands: number
    try {
      const numbers = [...(await storage.routes.register(ids)).values()]
      const run = new Run(storage, numbers)
      proxy.arm()
      if (after > 0) proxy.cutAfter(after, when)
      await run.everything()
      commands = proxy.commands
      proxy.arm()
      await eventually(() => storage.health.kind === 'ok')
      account = run.account
    } finally {
      await storage.close()
    }
    const { due, dead } = await found(server.storeUrl(name), ids)
    const context = `cut after ${after}, ${when}`
    expect([context, due.toSorted()]).toEqual([context, [...account.due].toSorted()])
    expect([context, dead.toSorted()]).toEqual([context, [...account.dead].toSorted()])
    const seen = new Set(due.map((each) => each.slice(each.indexOf('/') + 1)))
    expect([context, [...account.refused].filter((each) => seen.has(each))]).toEqual([context, []])
    return commands
  }

  test(
    'after each single command of a run, answered, in the midst of its answer, or not: no ghost, no loss, no stall',
    { timeout: 120_000 },
    async () => {
      const commands = await cut(0, 'answered')
      for (const when of ['unanswered', 'midst', 'answered'] as const)
        for (let after = 1; after <= commands + 1; after += 1) await cut(after, when)
      process.stdout.write(`redis: the line was cut after each of ${commands} commands, three ways\n`)
      expect(commands).toBeGreaterThan(10)
    },
  )
})

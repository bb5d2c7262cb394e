import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Lease, Settlement, Storage } from '../storage.ts'
import { bench, benchOf, event, leasesOf, routeIds, textOf } from './bench.ts'
import type { Bench } from './bench.ts'
import type { StorageHarness } from './harness.ts'

const timeoutMs = 120_000
const someKeys = ['x', 'y', 'z']

type Step =
  | { readonly do: 'accept'; readonly keys: readonly string[] }
  | { readonly do: 'work'; readonly max: number; readonly elsewhere: boolean; readonly ends: readonly End[] }
  | { readonly do: 'wait' | 'crash' | 'restart' }

/** `hold`: it is not settled in this step. */
type End = 'succeed' | 'fail' | 'park' | 'hold'

const end = fc.constantFrom<End>('succeed', 'succeed', 'fail', 'park', 'hold')
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('accept' as const),
      keys: fc.array(fc.constantFrom(...someKeys), { minLength: 1, maxLength: 5 }),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('work' as const),
      max: fc.integer({ min: 1, max: 4 }),
      elsewhere: fc.boolean(),
      ends: fc.array(end, { minLength: 4, maxLength: 4 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constantFrom('wait' as const, 'crash' as const, 'restart' as const) }),
  },
)

/** What ordered routes promise, over whatever befalls them. */
export function orderRules(harness: StorageHarness): void {
  describe('the order of keys', () => {
    test(
      'whatever happens, the first successes of a key come in the order of acceptance, and all come',
      async () => {
        const property = fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
          const subject = await harness.create()
          try {
            await new OrderRun(await benchOf(subject)).run(steps)
          } finally {
            await subject.dispose()
          }
        })
        await fc.assert(property, { numRuns: harness.histories })
      },
      timeoutMs,
    )

    test(
      'of 10,000 keys 100 fail again and again: the other 9,900 are done first',
      async () => {
        const it = await bench(harness)
        const names = Array.from({ length: 10_000 }, (_, n) => `k${n}`)
        for (let from = 0; from < names.length; from += 500)
          await it.append(
            ...names
              .slice(from, from + 500)
              .flatMap((key) => [1, 2].map(() => event(key, { route: it.a, lease: false, key }))),
          )
        let good = 0
        while (good < 2 * 9_900) {
          const leases = await it.claim(it.a, 500)
          expect(leases.length).toBeGreaterThan(0)
          good += leases.filter((lease) => !isBad(textOf(lease))).length
          await it.storage.settle(
            leases.map((lease) =>
              isBad(textOf(lease)) ? failed(lease, it.clock.now) : { lease, outcome: { kind: 'done' } },
            ),
          )
        }
        expect(await it.storage.stats()).toMatchObject([{ route: it.a, unsettled: 200 }])
      },
      timeoutMs,
    )
  })
}

function isBad(name: string): boolean {
  return Number(name.slice(1)) % 100 === 0
}

function failed(lease: Lease, now: number): Settlement {
  const attempt = { n: lease.attempts + 1, at: now, code: 503, ms: 1 }
  return { lease, outcome: { kind: 'retry', due: now + 1 }, attempt }
}

/** Accepts, works and dies as it is told, and notes what was accepted and what has succeeded first. */
class OrderRun {
  readonly #it: Bench
  readonly #accepted = new Map<string, string[]>()
  readonly #succeeded = new Map<string, string[]>()
  #held: Lease[] = []
  #count = 0

  constructor(it: Bench) {
    this.#it = it
  }

  async run(steps: readonly Step[]): Promise<void> {
    for (const each of steps) await this.#step(each)
    await this.#drain()
    expect(this.#succeeded).toEqual(this.#accepted)
  }

  async #step(each: Step): Promise<void> {
    switch (each.do) {
      case 'accept':
        return this.#accept(each.keys)
      case 'work':
        return each.elsewhere && this.#it.storage.capabilities.shared
          ? this.#workElsewhere(each.max, each.ends)
          : this.#work(this.#it.storage, each.max, each.ends)
      case 'wait':
        this.#it.clock.now += 20
        return undefined
      case 'crash':
      case 'restart':
        await (each.do === 'crash' ? this.#it.crash() : this.#it.reopen())
        this.#held = []
        return this.#it.declare()
    }
  }

  async #accept(keys: readonly string[]): Promise<void> {
    const items = keys.map((key) => {
      const name = `${key}${(this.#count += 1)}`
      this.#accepted.set(key, [...(this.#accepted.get(key) ?? []), name])
      return event(name, { route: this.#it.a, lease: true, key })
    })
    for (const result of await this.#it.append(...items)) expect(leasesOf(result)).toEqual([])
  }

  async #work(storage: Storage, max: number, ends: readonly End[]): Promise<void> {
    const [claimed] = await storage.claim([{ route: this.#it.a, max, maxBytes: 1_000_000 }])
    for (const [n, lease] of claimed!.leases.entries()) {
      const how = ends[n] ?? 'hold'
      if (how === 'hold') this.#held.push(lease)
      else await this.#settle(storage, lease, how)
    }
    const [first] = this.#held
    if (first !== undefined && ends[0] === 'succeed' && storage === this.#it.storage) {
      this.#held.shift()
      await this.#settle(storage, first, 'succeed')
    }
  }

  /** Another process of the same store works a while, and leaves what it holds to the others. */
  async #workElsewhere(max: number, ends: readonly End[]): Promise<void> {
    const second = await this.#it.second()
    await second.routes.register(routeIds)
    await this.#work(
      second,
      max,
      ends.map((each) => (each === 'hold' ? 'fail' : each)),
    )
    await second.close()
  }

  async #settle(storage: Storage, lease: Lease, how: Exclude<End, 'hold'>): Promise<void> {
    const { now } = this.#it.clock
    const details = { reason: 'x', attempts: 1, firstAttempt: 1, lastAttempt: now }
    const settlement: Settlement =
      how === 'fail'
        ? failed(lease, now)
        : { lease, outcome: how === 'park' ? { kind: 'park', details } : { kind: 'done' } }
    const [result] = await storage.settle([settlement])
    expect(result?.kind).toBe('settled')
    if (how !== 'succeed') return
    const key = lease.key ?? ''
    this.#succeeded.set(key, [...(this.#succeeded.get(key) ?? []), textOf(lease)])
  }

  async #drain(): Promise<void> {
    const { storage, clock } = this.#it
    for (const lease of this.#held.splice(0)) await this.#settle(storage, lease, 'succeed')
    clock.now += 1_000
    for (const { route, key } of await storage.parked.list({ limit: 99 }))
      expect(await storage.parked.release(route, key)).toBe(true)
    for (
      let leases = await this.#it.claim(this.#it.a);
      leases.length > 0;
      leases = await this.#it.claim(this.#it.a)
    )
      for (const lease of leases) await this.#settle(storage, lease, 'succeed')
  }
}

import { expect } from 'vitest'
import type { AppendItem, Lease, Settlement } from '../storage.ts'
import { event, leasesOf, text, textOf } from './bench.ts'
import type { Bench } from './bench.ts'
import { HistoryModel } from './history-model.ts'
import type { EventStep, SettleAs, Step } from './history.ts'

interface Held {
  readonly lease: Lease
  readonly text: string
}

/** Runs a history on a store and on the model, and compares them after every step. */
export class HistoryRun {
  readonly #it: Bench
  readonly #model = new HistoryModel()
  #held: Held[] = []
  #events = 0

  constructor(it: Bench) {
    this.#it = it
  }

  async run(steps: readonly Step[]): Promise<void> {
    for (const step of steps) {
      await this.#step(step)
      await this.#compare()
    }
    await this.#drain()
  }

  async #step(step: Step): Promise<void> {
    switch (step.do) {
      case 'append':
        return this.#append(step.events)
      case 'claim':
        return this.#claim(this.#routes[step.route]!, step.max)
      case 'settle':
        return this.#settle(step.which, step.as, step.delayMs)
      case 'release':
        return this.#release(step.which)
      case 'unpark':
      case 'skip':
        return this.#decide(step.which, step.do)
      case 'cancel':
        return this.#cancel(step.which)
      case 'wait':
        this.#it.clock.now += step.ms
        return undefined
      case 'crash':
      case 'reopen':
        await this.#it[step.do]()
        return this.#lost()
      case 'crash in append':
        return this.#crashInAppend(step.events, step.landed)
      case 'crash in settle':
        return this.#crashInSettle(step.which, step.as, step.landed)
    }
  }

  get #routes(): readonly number[] {
    return [this.#it.a, this.#it.b, this.#it.c]
  }

  #item({ to }: EventStep): { item: AppendItem; text: string } {
    this.#events += 1
    const { now } = this.#it.clock
    const name = `e${this.#events}`
    const targets = to.map(({ route, lease, key, delayMs }) => ({
      route: this.#routes[route]!,
      lease,
      ...(key === undefined ? undefined : { key }),
      ...(delayMs === undefined ? undefined : { due: now + delayMs }),
    }))
    return { item: event(name, ...targets), text: name }
  }

  /** Tells the model that an event is stored, and keeps its leases. */
  #stored(item: AppendItem, name: string, leases: readonly Lease[]): void {
    for (const { route, due, key } of item.to) {
      const lease = leases.find((each) => each.route === route)
      this.#model.append(name, route, due ?? this.#it.clock.now, key, lease !== undefined)
      if (lease !== undefined) this.#held.push({ lease, text: name })
    }
  }

  async #append(events: readonly EventStep[]): Promise<void> {
    const items = events.map((each) => this.#item(each))
    const results = await this.#it.append(...items.map(({ item }) => item))
    for (const [n, { item, text: name }] of items.entries()) {
      const leases = leasesOf(results[n]!)
      const { now } = this.#it.clock
      const expected = item.to.filter(
        ({ lease, key, due }) => lease && key === undefined && (due ?? now) <= now,
      )
      expect(leases.map(({ route }) => route)).toEqual(expected.map(({ route }) => route))
      this.#stored(item, name, leases)
    }
  }

  async #claim(route: number, max: number): Promise<void> {
    const may = this.#model.claimable(route, this.#it.clock.now)
    const [result] = await this.#it.storage.claim([{ route, max, maxBytes: 1_000_000 }])
    const leases = result!.leases
    expect(leases.map(textOf)).toEqual(may.slice(0, max).map((each) => each.text))
    for (const lease of leases) {
      const name = textOf(lease)
      expect(lease.attempts).toBe(this.#model.attempts(name, route))
      this.#model.lease(name, route)
      this.#held.push({ lease, text: name })
    }
    expect(result!.nextDue).toBe(this.#model.nextDue(route))
  }

  /** A settlement, and what it does to the model once it is done. */
  #settlement(
    { lease, text: name }: Held,
    as: SettleAs,
    delayMs: number,
  ): { item: Settlement; apply: () => void } {
    const { now } = this.#it.clock
    const { model, route } = { model: this.#model, route: lease.route }
    if (as === 'retry') {
      const attempt = { n: lease.attempts + 1, at: now, ms: 1 }
      const item = { lease, outcome: { kind: 'retry', due: now + delayMs }, attempt } as const
      return { item, apply: () => model.retry(name, route, now + delayMs) }
    }
    const item = { lease, outcome: { kind: 'done' } } as const
    if (as === 'reply') {
      const reply = this.#item({ to: [{ route: 2, lease: false }] })
      const apply = (): void => {
        model.done(name, route)
        this.#stored(reply.item, reply.text, [])
      }
      return { item: { ...item, appends: [reply.item] }, apply }
    }
    if (as === 'done') return { item, apply: () => model.done(name, route) }
    const details = { reason: 'x', attempts: 1, firstAttempt: 1, lastAttempt: now }
    if (as === 'park' && lease.key !== undefined) {
      const attempt = { n: lease.attempts + 1, at: now, ms: 1 }
      const parked = { lease, outcome: { kind: 'park', details }, attempt } as const
      return { item: parked, apply: () => model.park(name, route) }
    }
    const apply = (): void => {
      model.done(name, route)
      model.deadLetters.push(name)
    }
    return { item: { ...item, deadLetters: [{ route, details }] }, apply }
  }

  #take(which: number): Held | undefined {
    if (this.#held.length === 0) return undefined
    return this.#held.splice(which % this.#held.length, 1)[0]
  }

  async #settle(which: number, as: SettleAs, delayMs: number): Promise<void> {
    const held = this.#take(which)
    if (held === undefined) return
    const { item, apply } = this.#settlement(held, as, delayMs)
    const result = await this.#it.settle(item)
    expect(result.kind).toBe('settled')
    apply()
    expect(await this.#it.settle(item)).toEqual({ kind: 'stale' })
  }

  async #decide(which: number, as: 'unpark' | 'skip'): Promise<void> {
    const parked = this.#model.parked()
    const chosen = parked[which % parked.length]
    if (chosen === undefined) return
    const { storage, clock } = this.#it
    const { text: name, route, key } = chosen
    const [found] = await storage.parked.list({ routes: [route], key, limit: 9 })
    expect(text(found!.record)).toBe(name)
    if (as === 'unpark') {
      expect(await storage.parked.release(route, key)).toBe(true)
      this.#model.unpark(name, route, clock.now)
      return
    }
    const result = await storage.parked.skip(found!, { deadLetters: [{ route, details: found!.details }] })
    expect(result.kind).toBe('settled')
    this.#model.done(name, route)
    this.#model.deadLetters.push(name)
  }

  async #cancel(which: number): Promise<void> {
    const idle = this.#model.idle()
    const chosen = idle[which % idle.length]
    if (chosen === undefined) return
    const { items } = await this.#it.storage.deliveries.list({
      routes: [chosen.route],
      limit: 999,
      data: true,
    })
    const { id } = items.find(({ record }) => text(record) === chosen.text)!
    expect(await this.#it.storage.deliveries.cancel([id])).toEqual([id])
    this.#model.done(chosen.text, chosen.route)
  }

  async #release(which: number): Promise<void> {
    const held = this.#take(which)
    if (held === undefined) return
    await this.#it.storage.release([held.lease])
    this.#model.release(held.text, held.lease.route)
  }

  async #crashInAppend(events: readonly EventStep[], landed: boolean): Promise<void> {
    const items = events.map((each) => this.#item(each))
    await this.#crashIn(landed, () => this.#it.append(...items.map(({ item }) => item)))
    if (landed) for (const { item, text: name } of items) this.#stored(item, name, [])
    await this.#lost()
  }

  async #crashInSettle(which: number, as: SettleAs, landed: boolean): Promise<void> {
    const held = this.#take(which)
    if (held === undefined) return
    const { item, apply } = this.#settlement(held, as, 0)
    await this.#crashIn(landed, () => this.#it.settle(item))
    if (landed) apply()
    await this.#lost()
  }

  async #crashIn(landed: boolean, work: () => Promise<unknown>): Promise<void> {
    this.#it.crashAt(landed ? 'after-commit' : 'before-commit')
    void work().catch(() => undefined)
    await this.#it.revive()
  }

  async #lost(): Promise<void> {
    this.#held = []
    this.#model.loseLeases()
    await this.#it.declare()
  }

  async #compare(): Promise<void> {
    const stats = new Map((await this.#it.storage.stats()).map((each) => [each.route, each]))
    for (const route of this.#routes) {
      expect(stats.get(route)?.unsettled ?? 0).toBe(this.#model.unsettled(route))
      expect(stats.get(route)?.nextDue).toBe(this.#model.nextDue(route))
      const parked = this.#model.parked().filter((each) => each.route === route)
      expect(stats.get(route)?.parked ?? 0).toBe(parked.length)
    }
  }

  /** In the end everything that was stored can be had, once, and nothing else. */
  async #drain(): Promise<void> {
    await this.#it.crash()
    await this.#lost()
    this.#it.clock.now += 1_000
    while (this.#model.parked().length > 0) await this.#decide(0, 'unpark')
    for (const route of this.#routes) {
      while (this.#model.unsettled(route) > 0) {
        await this.#claim(route, 3)
        expect(this.#held.length).toBeGreaterThan(0)
        while (this.#held.length > 0) await this.#settle(0, 'done', 0)
      }
    }
    expect(
      await this.#it.storage.claim(this.#routes.map((route) => ({ route, max: 9, maxBytes: 99 }))),
    ).toEqual(this.#routes.map((route) => ({ route, leases: [], nextDue: undefined })))
    const letters = await this.#it.storage.deadLetters.list({ limit: 1_000 })
    expect(letters.map(({ record }) => text(record))).toEqual(this.#model.deadLetters)
  }
}

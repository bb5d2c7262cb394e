import { onTestFinished } from 'vitest'
import type {
  AppendItem,
  AppendResult,
  Lease,
  RouteNumber,
  Settlement,
  SettleResult,
  StorageLimits,
  Target,
} from '../storage.ts'
import type { StorageHarness, Subject } from './harness.ts'

/** A subject with three routes, and the short forms in which the rules are written. */
export interface Bench extends Subject {
  readonly a: RouteNumber
  readonly b: RouteNumber
  readonly c: RouteNumber
  /** Declares the three routes again, as a server does when it starts. */
  declare(): Promise<void>
  append(...items: AppendItem[]): Promise<readonly AppendResult[]>
  /** Appends one event, whose record says `name`. */
  put(name: string, ...to: Target[]): Promise<AppendResult>
  claim(route: RouteNumber, max?: number): Promise<readonly Lease[]>
  settle(item: Settlement): Promise<SettleResult>
  done(...leases: readonly Lease[]): Promise<readonly SettleResult[]>
  /** All that can be claimed now, as texts, given back again. */
  waiting(route: RouteNumber): Promise<string[]>
  nextDue(route: RouteNumber): Promise<number | undefined>
}

export const routeIds = [
  '/default/o|Trigger|default/a|subscriber',
  '/default/o|Trigger|default/b|subscriber',
  'c',
]
export const owner = '/default/o'
const manyBytes = 1_000_000

export async function bench(harness: StorageHarness, limits?: StorageLimits): Promise<Bench> {
  const subject = await harness.create(limits)
  onTestFinished(() => subject.dispose())
  return benchOf(subject)
}

export async function benchOf(subject: Subject): Promise<Bench> {
  const numbers = await subject.storage.routes.register(routeIds)
  const [a, b, c] = routeIds.map((id) => numbers.get(id)!) as [number, number, number]

  async function claim(route: RouteNumber, max = 100): Promise<readonly Lease[]> {
    const [result] = await subject.storage.claim([{ route, max, maxBytes: manyBytes }])
    return result!.leases
  }

  const short = {
    a,
    b,
    c,
    claim,
    declare: async () => void (await subject.storage.routes.register(routeIds)),
    append: (...items: AppendItem[]) => subject.storage.append(items),
    put: async (name: string, ...to: Target[]) => (await subject.storage.append([event(name, ...to)]))[0]!,
    settle: async (item: Settlement) => (await subject.storage.settle([item]))[0]!,
    done: (...leases: readonly Lease[]) =>
      subject.storage.settle(leases.map((lease) => ({ lease, outcome: { kind: 'done' } }))),
    async waiting(route: RouteNumber): Promise<string[]> {
      const leases = await claim(route, 10_000)
      await subject.storage.release(leases)
      return leases.map(textOf)
    },
    async nextDue(route: RouteNumber): Promise<number | undefined> {
      const [result] = await subject.storage.claim([{ route, max: 0, maxBytes: 0 }])
      return result!.nextDue
    },
  }
  return Object.assign(Object.create(subject) as Subject, short)
}

export function event(name: string, ...to: Target[]): AppendItem {
  return { owner, record: bytes(name), to }
}

export function spilled(route: RouteNumber): Target {
  return { route, lease: false }
}

export function leased(route: RouteNumber): Target {
  return { route, lease: true }
}

/** The leases of an append that must have been stored. */
export function leasesOf(result: AppendResult): readonly Lease[] {
  if (result.kind !== 'stored') throw new Error(`the append was answered ${result.kind}`)
  return result.leases
}

export function bytes(name: string): Uint8Array {
  return new TextEncoder().encode(name)
}

export function text(record: Uint8Array | undefined): string {
  if (record === undefined) throw new Error('there is no record')
  return new TextDecoder().decode(record)
}

export function textOf({ record }: Lease): string {
  return text(record)
}

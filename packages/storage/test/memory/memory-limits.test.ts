import { describe, expect, test } from 'vitest'
import { memoryStorage } from '../../src/index.ts'
import type { Lease, RouteNumber, Storage } from '../../src/index.ts'

const details = { reason: 'no', attempts: 1, firstAttempt: 1, lastAttempt: 1 }

async function appended(storage: Storage, route: RouteNumber, bytes: number): Promise<Lease> {
  const record = new Uint8Array(bytes)
  const [result] = await storage.append([{ owner: '/a/b', record, to: [{ route, lease: true }] }])
  const lease = result?.kind === 'stored' ? result.leases[0] : undefined
  if (lease === undefined) throw new Error(`there is no lease: ${result?.kind}`)
  return lease
}

describe('the limits of the store in memory', () => {
  test('what makes room makes a full store well again: dead letters and orphans that are dropped too', async () => {
    const storage = memoryStorage({ limitBytes: 100 })
    const route = (await storage.routes.register(['r'])).get('r') ?? 0
    const lease = await appended(storage, route, 40)
    await storage.settle([{ lease, outcome: { kind: 'done' }, deadLetters: [{ route, details }] }])
    await appended(storage, route, 60)
    await expect(appended(storage, route, 1)).rejects.toThrow('refused')
    expect(storage.health.kind).toBe('full')
    const [letter] = await storage.deadLetters.list({ limit: 1 })
    await storage.deadLetters.drop([letter?.id ?? ''])
    expect(storage.health.kind).toBe('ok')
    await storage.append([{ owner: '/a/b', record: new Uint8Array(40), to: [{ route, lease: false }] }])
    await expect(appended(storage, route, 1)).rejects.toThrow('refused')
    await storage.routes.register([])
    expect(await storage.routes.drop(route)).toBe(1)
    expect(storage.health.kind).toBe('ok')
  })

  test('failed attempts are known of the latest deliveries only', async () => {
    const storage = memoryStorage()
    const route = (await storage.routes.register(['r'])).get('r') ?? 0
    const ids: string[] = []
    for (let n = 0; n < 10_001; n += 1) {
      const lease = await appended(storage, route, 1)
      ids.push(lease.id)
      await storage.settle([{ lease, outcome: { kind: 'done' }, attempt: { n: 1, at: 1, ms: 1 } }])
    }
    expect(await storage.attempts(ids[0] ?? '')).toEqual([])
    expect(await storage.attempts(ids[1] ?? '')).toHaveLength(1)
    expect(await storage.attempts(ids[10_000] ?? '')).toHaveLength(1)
  })
})

import { memoryStorage, type DeadLetterDetails, type HeldJob, type Storage } from '@millrace/storage'
import { describe, expect, test } from 'vitest'
import { redriveJob } from '../../src/jobs/redrive-job.ts'
import { Flow, LiveTopology } from '../../src/flow.ts'
import { stored } from '../control/start-admin.ts'
import { compiled } from '../topology-of.ts'

const createdAt = 1_000
const yaml = `apiVersion: eventing.knative.dev/v1
kind: Broker
metadata: {name: default, namespace: shop}
---
apiVersion: eventing.knative.dev/v1
kind: Trigger
metadata: {name: a, namespace: shop}
spec: {broker: default, subscriber: {uri: "http://127.0.0.1:9/"}}
`

interface Bench {
  readonly storage: Storage
  readonly route: number
  /** A letter of an event of this id. */
  letter(id: string, details?: Partial<DeadLetterDetails>, route?: number): Promise<void>
  /** Runs the job; `save` may throw, as if the process died there. */
  run(input: object, progress?: object, save?: (saved: object, lands: () => void) => void): Promise<object>
  /** How many deliveries each event has. */
  deliveries(): Promise<Record<string, number>>
}

async function bench(): Promise<Bench> {
  const { topology } = await compiled(yaml)
  const storage = memoryStorage()
  const numbers = await storage.routes.register([...topology.routes.keys(), 'gone'])
  await storage.routes.register([...topology.routes.keys()])
  const flow = new Flow(new LiveTopology(topology, numbers))
  const route = [...numbers.values()][0] ?? 0
  return {
    storage,
    route,
    async letter(id, details = {}, to = route) {
      const owner = '/shop/default'
      const [result] = await storage.append([{ owner, record: stored(id), to: [{ route: to, lease: true }] }])
      const lease = result?.kind === 'stored' ? result.leases[0] : undefined
      if (lease === undefined) throw new Error('nothing was leased')
      const all = { reason: 'no', attempts: 1, firstAttempt: 1, lastAttempt: 1, type: `type.${id}` }
      const deadLetters = [{ route: to, details: { ...all, ...details } }]
      await storage.settle([{ lease, outcome: { kind: 'done' }, deadLetters }])
    },
    async run(input, progress = {}, save = () => undefined) {
      let last: object = progress
      const held: HeldJob = {
        job: {
          id: 'j',
          kind: 'redrive',
          input: { ...input },
          state: 'running',
          progress: { ...progress },
          createdAt,
        },
        signal: new AbortController().signal,
        save: async (saved) => {
          save(saved, () => (last = saved))
          last = saved
        },
      }
      const topologyOf = {
        routeOf: (number: number) => flow.current.routeOf(number),
        ownerOf: (path: string) => flow.current.ownerOf(path),
        archiveOf: () => undefined,
      }
      await redriveJob({ storage, topology: topologyOf })(held).catch((error: unknown) => {
        if (!(error instanceof Death)) throw error
      })
      return last
    },
    async deliveries() {
      const { items } = await storage.deliveries.list({ limit: 10_000 })
      const counts: Record<string, number> = {}
      for (const { record } of items) {
        const [, id = ''] = /"id":"([^"]*)"/.exec(Buffer.from(record ?? []).toString()) ?? []
        counts[id] = (counts[id] ?? 0) + 1
      }
      return counts
    },
  }
}

class Death extends Error {}

describe('the redrive of many dead letters', () => {
  test('counts what there is, and what it skips with the reason', async () => {
    const it = await bench()
    for (const id of ['1', '2', '3']) await it.letter(id)
    await it.letter('4', {}, it.route + 1)
    await it.letter('5', { ofReply: true })
    expect(await it.run({})).toMatchObject({
      done: 3,
      skipped: 2,
      total: 5,
      skips: [
        { reason: 'its trigger is no longer in the manifests' },
        { reason: expect.stringContaining('it is a reply') },
      ],
    })
    expect(await it.deliveries()).toEqual({ 1: 1, 2: 1, 3: 1 })
    expect(await it.storage.deadLetters.list({ limit: 9 })).toHaveLength(2)
  })

  test('what became a dead letter after it was begun is left', async () => {
    const it = await bench()
    await it.letter('old', { lastAttempt: createdAt })
    await it.letter('new', { lastAttempt: createdAt + 1 })
    expect(await it.run({ type: 'type.old' })).toMatchObject({ done: 1, total: 1 })
    expect(await it.run({})).toMatchObject({ done: 0, skipped: 0 })
    expect(await it.deliveries()).toEqual({ old: 1 })
  })

  test('no more than was asked for, the oldest', async () => {
    const it = await bench()
    for (let n = 0; n < 250; n += 1) await it.letter(String(n))
    expect(await it.run({ limit: 120 })).toMatchObject({ done: 120, total: 120 })
    expect(Object.keys(await it.deliveries())).toEqual(Array.from({ length: 120 }, (_, n) => String(n)))
  })

  test.each([
    ['before its progress is saved', false],
    ['after', true],
  ])('the process dies %s: who goes on redrives the rest, none twice, and counts all', async (_, isSaved) => {
    for (let death = 1; death <= 5; death += 1) {
      const it = await bench()
      for (let n = 0; n < 250; n += 1) await it.letter(String(n))
      let saves = 0
      const broken = await it.run({}, {}, (_saved, lands) => {
        if ((saves += 1) < death) return
        if (isSaved) lands()
        throw new Death()
      })
      const ended = await it.run({}, broken)
      expect(ended).toMatchObject({ done: 250, skipped: 0, total: 250 })
      const counts = await it.deliveries()
      expect(Object.keys(counts)).toHaveLength(250)
      expect(Object.values(counts).every((count) => count === 1)).toBe(true)
    }
  })
})

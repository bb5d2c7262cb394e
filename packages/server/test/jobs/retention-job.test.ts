import { eventually } from '@millrace/testkit'
import { memoryStorage, type Storage } from '@millrace/storage'
import { expect, test } from 'vitest'
import { archivedRoutes, archivesOf } from '../../src/archived-routes.ts'
import { retentionJob } from '../../src/jobs/retention-job.ts'
import { jobWorker } from '../../src/jobs/job-worker.ts'
import { retention } from '../../src/retention.ts'
import { compiled } from '../topology-of.ts'

const yaml = `apiVersion: eventing.knative.dev/v1
kind: Broker
metadata: {name: kept, namespace: shop, annotations: {millrace.dev/archive-size: "250"}}
---
apiVersion: eventing.knative.dev/v1
kind: Broker
metadata: {name: plain, namespace: shop}
---
apiVersion: eventing.knative.dev/v1
kind: Trigger
metadata: {name: a, namespace: shop}
spec: {broker: kept, subscriber: {uri: "http://127.0.0.1:9/"}}
---
apiVersion: eventing.knative.dev/v1
kind: Trigger
metadata: {name: b, namespace: shop}
spec: {broker: plain, subscriber: {uri: "http://127.0.0.1:9/"}}
`

const log = { info: () => undefined }

/** What a server runs for it. */
async function run(
  storage: Storage,
  signal: AbortSignal,
  archives: () => { owner: string; maxBytes: number }[],
): Promise<void> {
  const never = (): Promise<void> => Promise.reject(new Error('no such job is expected'))
  const expire = retentionJob({ storage, archives, log, now: Date.now })
  const runs = { redrive: never, 'drop-orphans': never, 'redirect-orphans': never, retention: expire }
  const workers = [jobWorker({ storage, runs }), retention({ storage, archives, now: Date.now })]
  await Promise.all(workers.map((worker) => worker.run(signal)))
}

test('an archive that is bounded by its size loses its oldest events', async () => {
  const { topology } = await compiled(yaml)
  const storage = memoryStorage()
  const owner = '/shop/kept'
  for (const eventId of ['1', '2', '3'])
    await storage.append([
      { owner, record: new Uint8Array(100), to: [], archive: { keepMs: 60_000, eventId } },
    ])
  const stop = new AbortController()
  const running = run(storage, stop.signal, () => archivesOf(topology))
  await eventually(async () => expect(await storage.archive.find('1')).toEqual([]))
  expect(await storage.archive.find('3')).toHaveLength(1)
  stop.abort()
  await running
  await storage.close()
})

test('the ends of deliveries are kept of events that are in an archive, of no others', async () => {
  const { topology } = await compiled(yaml)
  expect([...archivedRoutes(topology).keys()]).toEqual(['/shop/kept|Trigger|shop/a|subscriber'])
  expect(archivesOf(topology)).toEqual([{ owner: '/shop/kept', maxBytes: 250 }])
})

test('of its runs the last is remembered, and one turn is one job however often a process starts', async () => {
  const storage = memoryStorage()
  await storage.jobs.add({ id: 'retention-1', kind: 'retention', input: {} })
  for (let starts = 0; starts < 3; starts += 1) {
    const stop = new AbortController()
    const running = run(storage, stop.signal, () => [])
    await eventually(async () =>
      expect(await storage.jobs.list()).toMatchObject([{ kind: 'retention', state: 'done' }]),
    )
    stop.abort()
    await running
  }
  const [job] = await storage.jobs.list()
  expect(job).toMatchObject({ progress: { done: 0, archived: 0, deadLetters: 0, orphans: 0 } })
  await storage.close()
})

import { eventually } from '@millrace/testkit'
import { memoryStorage } from '@millrace/storage'
import { expect, test } from 'vitest'
import { archivedRoutes, archivesOf } from '../src/archived-routes.ts'
import { retention } from '../src/retention.ts'
import { compiled } from './topology-of.ts'

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

test('an archive that is bounded by its size loses its oldest events', async () => {
  const { topology } = await compiled(yaml)
  const storage = memoryStorage()
  const owner = '/shop/kept'
  for (const eventId of ['1', '2', '3'])
    await storage.append([
      { owner, record: new Uint8Array(100), to: [], archive: { keepMs: 60_000, eventId } },
    ])
  const log = { info: () => undefined }
  const worker = retention({ storage, archives: () => archivesOf(topology), log, now: Date.now })
  const stop = new AbortController()
  const running = worker.run(stop.signal)
  await eventually(async () => expect(await storage.archive.find('1')).toEqual([]))
  expect(await storage.archive.find('3')).toHaveLength(1)
  stop.abort()
  await running
  await storage.close()
})

test('the ends of deliveries are kept of events that are in an archive, of no others', async () => {
  const { topology } = await compiled(yaml)
  expect([...archivedRoutes(topology)]).toEqual(['/shop/kept|Trigger|shop/a|subscriber'])
  expect(archivesOf(topology)).toEqual([{ owner: '/shop/kept', maxBytes: 250 }])
})

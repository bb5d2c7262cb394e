import { describe, expect, test } from 'vitest'
import { bury, startAdmin, stored, wait } from './start-admin.ts'

const secret = `apiVersion: v1
kind: Secret
metadata:
  name: token
  annotations: {kubectl.kubernetes.io/last-applied-configuration: '{"stringData":{"key":"hunter2"}}'}
stringData: {key: hunter2}
`
const broker = `apiVersion: eventing.knative.dev/v1
kind: Broker
metadata: {name: default}
spec:
  delivery:
    deadLetterSink: {uri: "http://user:hunter2@127.0.0.1:9/dead"}
`
const trigger = `apiVersion: eventing.knative.dev/v1
kind: Trigger
metadata: {name: t}
spec: {broker: default, subscriber: {ref: {apiVersion: eventing.knative.dev/v1, kind: Broker, name: default}}}
`

describe('GET /api/resources', () => {
  test('gives all resources in the order of the manifests, each with its status', async () => {
    await using admin = await startAdmin()
    const { json } = await admin.get('/api/resources')
    expect(json.reloadErrors).toEqual([])
    expect(
      json.items.map(({ kind, metadata }: { kind: string; metadata: { name: string } }) => [
        kind,
        metadata.name,
      ]),
    ).toEqual([
      ['Broker', 'default'],
      ['Trigger', 'first'],
      ['Trigger', 'second'],
    ])
    expect(json.items[0]).toMatchObject({
      apiVersion: 'eventing.knative.dev/v1',
      metadata: { namespace: 'shop' },
      origin: { file: '-', line: 1 },
      status: { address: { url: 'http://127.0.0.1:8080/shop/default' }, waiting: 0 },
    })
    expect(json.items[1]).toMatchObject({
      spec: { broker: 'default' },
      status: {
        subscriberUri: 'http://127.0.0.1:9/first',
        waiting: 0,
        inFlight: 0,
        paused: false,
        circuit: 'closed',
        deadLetters: 0,
      },
    })
  })

  test.each(['trigger', 'triggers', 'Trigger', 'TRIGGERS'])('takes the kind %s', async (kind) => {
    await using admin = await startAdmin()
    const { json } = await admin.get(`/api/resources?kind=${kind}&namespace=shop&name=second`)
    expect(json.items).toMatchObject([{ kind: 'Trigger', metadata: { name: 'second' } }])
    expect((await admin.get(`/api/resources?kind=${kind}&namespace=other`)).json.items).toEqual([])
  })

  test('names the kinds where one is unknown', async () => {
    await using admin = await startAdmin()
    const { status, json } = await admin.get('/api/resources?kind=tigger')
    expect(status).toBe(404)
    expect(json.detail).toMatch(/did you mean Trigger\?.*brokers, triggers/)
  })

  test('shows what waits, since when, what is in flight, the last error and dead letters', async () => {
    const state = { inFlight: 1, paused: true, lastError: { at: 0, reason: 'the answer was 503', code: 503 } }
    await using admin = await startAdmin({ now: () => 5_000, routeState: () => state })
    const route = admin.number('first')
    for (const id of ['a', 'b', 'c']) await wait(admin.storage, route, stored(id))
    await bury(admin.storage, route, stored('d'))
    const { json } = await admin.get('/api/resources?kind=trigger&name=first')
    expect(json.items[0].status).toMatchObject({
      waiting: 2,
      inFlight: 1,
      paused: true,
      oldest: '1970-01-01T00:00:05.000Z',
      lastError: { at: '1970-01-01T00:00:00.000Z', reason: 'the answer was 503', code: 503 },
      deadLetters: 1,
    })
    const brokers = await admin.get('/api/resources?kind=broker')
    expect(brokers.json.items[0].status.waiting).toBe(2)
  })

  test('shows of a broker how many of its triggers fail, and the latest error', async () => {
    const failing = (at: number) => ({
      inFlight: 0,
      paused: false,
      failing: true,
      lastError: { at, reason: `since ${at}` },
    })
    await using admin = await startAdmin({
      routeState: (id) => failing(id.includes('first') ? 1_000 : 2_000),
    })
    const { json } = await admin.get('/api/resources?kind=broker')
    expect(json.items[0].status).toMatchObject({
      routes: 2,
      failingRoutes: 2,
      lastError: { at: '1970-01-01T00:00:02.000Z', reason: 'since 2000' },
    })
  })

  test('never counts below zero what is in flight and settled at the same moment', async () => {
    await using admin = await startAdmin({
      routeState: () => ({ inFlight: 7, lastError: undefined, paused: true }),
    })
    const { json } = await admin.get('/api/resources?kind=trigger&name=first')
    expect(json.items[0].status).toMatchObject({ waiting: 0, inFlight: 7 })
  })

  test('says since when a condition has held', async () => {
    await using admin = await startAdmin({ now: () => 0, yaml: [broker, trigger].join('---\n') })
    const { json } = await admin.get('/api/resources?kind=trigger')
    expect(json.items[0].status.conditions).toContainEqual(
      expect.objectContaining({
        type: 'Ready',
        status: 'True',
        lastTransitionTime: '1970-01-01T00:00:00.000Z',
      }),
    )
  })

  test('shows refs to addressables as URLs of this server', async () => {
    await using admin = await startAdmin({ yaml: [broker, trigger].join('---\n') })
    const { json } = await admin.get('/api/resources?kind=trigger')
    expect(json.items[0].status.subscriberUri).toBe('http://127.0.0.1:8080/default/default')
  })

  test('shows neither values of Secrets nor passwords in URLs', async () => {
    await using admin = await startAdmin({ yaml: [secret, broker, trigger].join('---\n') })
    const { json, text } = await admin.get('/api/resources')
    expect(text).not.toContain('hunter2')
    expect(Buffer.from(text).toString('base64')).not.toContain(
      Buffer.from('hunter2').toString('base64').slice(0, 8),
    )
    expect(json.items[0].spec.data).toEqual({ key: '***' })
    expect(json.items[1].spec.delivery.deadLetterSink.uri).toBe('http://***@127.0.0.1:9/dead')
  })
})

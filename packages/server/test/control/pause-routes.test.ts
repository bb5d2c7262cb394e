import { describe, expect, test } from 'vitest'
import { brokerWith } from '../topology-of.ts'
import { startAdmin } from './start-admin.ts'

const yaml = [
  brokerWith('shop', ['first', 'twin']),
  brokerWith('lab', ['twin']),
  `apiVersion: eventing.knative.dev/v1
kind: Trigger
metadata:
  name: held
  namespace: shop
  annotations:
    millrace.dev/paused: "true"
spec: {broker: default, subscriber: {uri: "http://127.0.0.1:9/"}}
`,
].join('---\n')
const first = { kind: 'Trigger', namespace: 'shop', name: 'first' }

describe('POST /api/pause and /api/resume', () => {
  test('pause a trigger and let it go on, kept in the store', async () => {
    await using admin = await startAdmin({ yaml })
    const kept = async (): Promise<string[]> =>
      (await admin.storage.checkpoints.list('paused/')).map(([key]) => key)
    const paused = await admin.post('/api/pause', { kind: 'triggers', name: 'first' })
    expect(paused).toMatchObject({ status: 200, json: { ...first, paused: true } })
    expect(await kept()).toEqual(['paused/Trigger shop/first'])
    const resumed = await admin.post('/api/resume', { kind: 'trigger', name: 'first', namespace: 'shop' })
    expect(resumed).toMatchObject({ status: 200, json: { ...first, paused: false } })
    expect(await kept()).toEqual([])
  })

  test('what its annotation pauses cannot go on by command; the answer names file and line', async () => {
    await using admin = await startAdmin({ yaml })
    await admin.post('/api/pause', { kind: 'trigger', name: 'held' })
    const { status, json } = await admin.post('/api/resume', { kind: 'trigger', name: 'held' })
    expect(status).toBe(409)
    expect(json).toMatchObject({ code: 'admin-paused-by-annotation' })
    const line = yaml.split('\n').findIndex((each) => each.includes('millrace.dev/paused')) + 1
    expect(json.detail).toContain(`-:${line}: millrace.dev/paused`)
    // it is no longer paused twice: without the annotation it goes on
    expect(await admin.storage.checkpoints.list('paused/')).toEqual([])
  })

  test.each([
    [{ kind: 'trigger', name: 'frist' }, 404, /there is no Trigger frist, did you mean first\?/],
    [{ kind: 'subscription', name: 'first' }, 404, /there is no Subscription first/],
    [{ kind: 'trigger', name: 'first', namespace: 'lab' }, 404, /there is no Trigger first/],
    [{ kind: 'trigger', name: 'twin' }, 404, /namespaces shop, lab: say which/],
    [{ kind: 'broker', name: 'default' }, 400, /"Trigger" or "Subscription"/],
    [{ name: 'first' }, 400, /"Trigger" or "Subscription"/],
  ])('%j is refused', async (body, status, detail) => {
    await using admin = await startAdmin({ yaml })
    for (const verb of ['pause', 'resume']) {
      const answer = await admin.post(`/api/${verb}`, body)
      expect(answer.status).toBe(status)
      expect(answer.json.detail).toMatch(detail)
    }
  })
})

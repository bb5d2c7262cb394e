import { randomUUID } from 'node:crypto'
import {
  eventually,
  exchange,
  githubSignatures,
  receiver,
  startMillrace,
  type Millrace,
} from '@millrace/testkit'
import { describe, expect, test } from 'vitest'
import { excuseFromDiskFaults, startOnFaultyDisk } from '../fixture/faulty-disk.ts'
import { gitHubSource, secret, secretKey, sourceErrors } from '../fixture/sources.ts'

const body = '{"number":2}'
const excuse = await excuseFromDiskFaults()

function manifests(uri: string): string {
  const source = gitHubSource('gh', {
    ownerAndRepository: 'acme/web',
    eventTypes: ['*'],
    secretToken: secretKey('gh', 'hook'),
    sink: { uri },
  })
  return secret('gh', { hook: 'hush' }) + source
}

test(
  'a webhook that was answered 202 is there after a kill -9, and its replay is not stored again',
  { timeout: 60_000 },
  async () => {
    await using sink = await receiver()
    await sink.stop()
    await using millrace = await startMillrace({ manifests: manifests(sink.url) })
    const ids = Array.from({ length: 20 }, () => randomUUID())
    const statuses = await Promise.all(ids.map((id) => send(millrace, id)))
    expect(new Set(statuses.map(({ status }) => status))).toEqual(new Set([202]))
    await millrace.kill()
    await sink.start()
    await millrace.start()
    await eventually(() => expect(new Set(sink.ids)).toEqual(new Set(ids)))

    const [replayed = ''] = ids
    const before = sink.ids.length
    // the connections of before the kill are gone
    await eventually(async () => expect((await send(millrace, replayed)).status).toBe(202))
    const last = randomUUID()
    await send(millrace, last)
    await eventually(() => expect(sink.ids.slice(before)).toEqual([last]))
  },
)

describe.skipIf(excuse !== undefined)('while the store is away', () => {
  test(
    'a webhook is answered 503 with Retry-After, and taken again when the store is back',
    { timeout: 60_000 },
    async () => {
      await using sink = await receiver()
      await using at = await startOnFaultyDisk(manifests(sink.url))
      const { millrace, fault } = at
      const refused = randomUUID()
      await fault.set('disk-full')
      await eventually(async () => {
        const answer = await send(millrace, refused)
        expect(answer.status).toBe(503)
        expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0)
      })
      expect((await sourceErrors(millrace, 'gh'))['store']).toBeGreaterThan(0)
      await fault.set('none')
      await eventually(async () => expect((await send(millrace, refused)).status).toBe(202))
      await eventually(() => expect(sink.ids).toEqual([refused]))
    },
  )
})

function send(millrace: Millrace, id: string) {
  return exchange('POST', `${millrace.ingress}/sources/default/gh`, {
    body,
    headers: {
      'content-type': 'application/json',
      'x-github-event': 'pull_request',
      'x-github-delivery': id,
      ...githubSignatures('hush', body),
    },
  })
}

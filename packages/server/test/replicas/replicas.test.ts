import { mkdtempDisposable, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eventually, exchange, redisMissing, redisServer } from '@millrace/testkit'
import type { RedisServer } from '@millrace/testkit'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createServer } from '../../src/index.ts'
import { brokerWith } from '../topology-of.ts'

interface Replica {
  readonly admin: string
  write(yaml: string): Promise<void>
  stop(): Promise<void>
}

async function replica(redis: RedisServer, yaml: string): Promise<Replica> {
  const home = await mkdtempDisposable(join(tmpdir(), 'replica-'))
  onTestFinished(() => home.remove())
  const file = join(home.path, 'm.yaml')
  await writeFile(file, yaml)
  const free = { host: '127.0.0.1', port: 0 }
  const server = createServer({
    listen: free,
    admin: free,
    store: redis.storeUrl(),
    files: [file],
    logLevel: 'silent',
    // a minute is long for a test
    replicasDifferMs: 200,
  })
  const { admin } = await server.start()
  let stopping: Promise<void> | undefined
  const stop = (): Promise<void> => (stopping ??= server.stop())
  onTestFinished(stop)
  return {
    admin,
    async write(text) {
      await writeFile(file, text)
      await server.reload()
    },
    stop,
  }
}

interface Listed {
  readonly notes: readonly string[]
  readonly items: readonly {
    readonly metadata: { readonly name: string }
    readonly status: { readonly conditions: readonly { readonly type: string; readonly status: string }[] }
  }[]
}

async function get<T>(one: Replica, path: string): Promise<T> {
  return JSON.parse((await exchange('GET', one.admin + path)).text) as T
}

/** Those that carry the condition, each with its text. */
async function differing(one: Replica): Promise<Record<string, unknown>> {
  const { items } = await get<Listed>(one, '/api/resources?kind=trigger')
  return Object.fromEntries(
    items.flatMap(({ metadata, status }) => {
      const own = status.conditions.find(({ type }) => type === 'ReplicasAgree')
      return own === undefined ? [] : [[metadata.name, own]]
    }),
  )
}

describe.skipIf(redisMissing !== undefined)(`processes on one store ${redisMissing ?? ''}`, () => {
  test('manifests that go on differing are a condition of what differs, and none once they agree', async () => {
    await using redis = await redisServer()
    const both = brokerWith('shop', ['first', 'second'])
    const [one, other] = [await replica(redis, both), await replica(redis, both)]
    expect(await differing(one)).toEqual({})
    await other.write(brokerWith('shop', ['first']))
    await eventually(async () =>
      expect(await differing(one)).toEqual({
        second: {
          type: 'ReplicasAgree',
          status: 'False',
          reason: 'ManifestsDiffer',
          message: `process ${process.pid} on ${await hostOf(one)} has none`,
          lastTransitionTime: expect.stringMatching(/Z$/),
        },
      }),
    )
    // the trigger that it lacks is no resource of the other: it is a note
    await eventually(async () => {
      const { notes } = await get<Listed>(other, '/api/resources?kind=broker')
      expect(notes).toEqual([
        expect.stringMatching(
          /^manifests differ between processes: Trigger shop\/second: process \d+ on .* has it, this process has not$/,
        ),
      ])
    })
    await other.write(both)
    await eventually(async () => expect(await differing(one)).toEqual({}))
    await eventually(async () =>
      expect((await get<Listed>(other, '/api/resources?kind=broker')).notes).toEqual([]),
    )
  })

  test('a process that has taken its leave differs from nobody, and is not listed', async () => {
    await using redis = await redisServer()
    const one = await replica(redis, brokerWith('shop', ['first']))
    const other = await replica(redis, brokerWith('shop', ['first', 'second']))
    await eventually(async () =>
      expect((await get<Listed>(one, '/api/processes')).notes).toEqual([
        expect.stringContaining('Trigger shop/second'),
      ]),
    )
    expect((await get<Listed>(one, '/api/processes')).items).toMatchObject([
      { self: true, admin: one.admin, inFlight: 0 },
      { self: false, admin: other.admin, inFlight: 0 },
    ])
    await other.stop()
    await eventually(async () =>
      expect(await get<Listed>(one, '/api/processes')).toMatchObject({ notes: [], items: [{ self: true }] }),
    )
    const cards = (await redis.ask('HKEYS', 'm:{millrace}:checkpoints')).match(/^process\/\d+\r$/gm)
    expect(cards).toHaveLength(1)
  })
})

async function hostOf(one: Replica): Promise<string> {
  return (await get<{ items: { host: string }[] }>(one, '/api/processes')).items[0]!.host
}

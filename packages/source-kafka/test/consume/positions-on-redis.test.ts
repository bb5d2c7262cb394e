import type { Advance, Checkpoint } from '@millrace/source-sdk'
import { redisStorage, type RedisStorageOptions } from '@millrace/storage-redis'
import {
  eventually,
  freePorts,
  redisMissing,
  redisServer,
  type RedisServer,
  type RedisServerOptions,
} from '@millrace/testkit'
import { describe, expect, onTestFinished, test } from 'vitest'
import { StoredPosition } from '../../src/consume/stored-position.ts'
import type { KafkaRecord } from '../../src/record/kafka-record.ts'
import { record } from '../records.ts'

const place = { topic: 'clicks', partition: 2 }
const key = 'position/clicks/2'

async function started(options: RedisServerOptions): Promise<RedisServer> {
  const server = await redisServer(options)
  onTestFinished(() => server[Symbol.asyncDispose]())
  return server
}

/** A primary, and a replica that has all of it. */
async function replicated(): Promise<{ primary: RedisServer; replica: RedisServer }> {
  const [port = 0] = await freePorts(1)
  const primary = await started({ port, args: ['--repl-diskless-sync-delay', '0'] })
  const replica = await started({ args: ['--replicaof', `127.0.0.1 ${port}`] })
  await eventually(async () =>
    expect(await replica.ask('INFO', 'replication')).toContain('master_link_status:up'),
  )
  return { primary, replica }
}

/** One process of the fleet, with the partition in its hands. */
async function processOf(server: RedisServer, options: Partial<RedisStorageOptions> = {}) {
  const storage = await redisStorage({ url: server.storeUrl(), stallMs: 1_000, renewMs: 50, ...options })
  onTestFinished(() => storage.close())
  await eventually(() => expect(storage.health.kind).toBe('ok'))
  const [route = 0] = [...(await storage.routes.register(['r'])).values()]
  const { checkpoints } = storage
  const checkpoint: Checkpoint = {
    get: (of = '') => checkpoints.get(of),
    put: (value, of = '') => checkpoints.put(of, value),
    delete: (of = '') => checkpoints.delete(of),
  }
  const move = ({ key: of, from, to }: Advance) => storage.append([], { key: of, from, to: to(0) })
  const position = new StoredPosition(place, checkpoint, move)
  return { storage, route, position }
}

type Process = Pick<Awaited<ReturnType<typeof processOf>>, 'storage' | 'route' | 'position'>

function recordsAt(offsets: readonly number[]): readonly KafkaRecord[] {
  return offsets.map((offset) => ({ ...record(), offset }))
}

/** Once. @throws where the store refuses for another reason than that the position was moved */
async function append(
  { storage, route }: Process,
  records: readonly KafkaRecord[],
  { key: of, from, to }: Advance,
): Promise<{ readonly moved?: true }> {
  const items = records.map(({ offset }) => ({
    owner: '/default/s',
    record: Buffer.from(`record ${offset}`),
    to: [{ route, lease: false }],
  }))
  const [first] = await storage.append(items, { key: of, from, to: to(records.length) })
  if (first?.kind !== 'refused') return {}
  if (first.reason === 'moved') return { moved: true }
  throw new Error(first.detail)
}

/** One attempt, which nobody confirms. */
function inDoubt(one: Process, offsets: readonly number[]): Promise<void> {
  const records = recordsAt(offsets)
  return one.position.behind(records, (advance) => append(one, records, advance))
}

/** As a source does: again and again while the store refuses. */
async function store(one: Process, offsets: readonly number[]): Promise<void> {
  const { position } = one
  const records = recordsAt(offsets)
  for (let left = position.unknown(records); left.length > 0; left = position.unknown(left))
    await position.behind(left, (advance) =>
      eventually(() => append(one, left, advance), { timeoutMs: 20_000 }),
    )
}

async function waiting({ storage, route }: Process): Promise<string[]> {
  const [result] = await storage.claim([{ route, max: 1_000, maxBytes: 1_000_000 }])
  return (result?.leases ?? []).map(({ record: bytes }) => Buffer.from(bytes ?? []).toString())
}

describe.skipIf(redisMissing !== undefined)(`positions on a real Redis ${redisMissing ?? ''}`, () => {
  test('an append in doubt, whose position another process goes on from, is not taken back: nothing is lost, nothing twice', async () => {
    const { primary, replica } = await replicated()
    const one = await processOf(primary, { confirm: { replicas: 1 }, stallMs: 2_500 })
    const other = await processOf(primary)
    await one.position.open(0, false)
    let woken = 0
    one.storage.subscribe({ wake: () => (woken += 1) })
    replica.signal('SIGSTOP')
    const answer = inDoubt(one, [0, 1, 2]).then(
      () => 'stored',
      (err: Error) => err.message,
    )
    await eventually(async () => expect(await other.storage.checkpoints.get(key)).toBeDefined())
    // it is in the primary: the other one reads on behind it, and says so to Kafka
    await other.position.open(0, false)
    await store(other, [0, 1, 2])
    expect(await answer).toContain('0 of 1 replicas had what was written')
    // what stays of it waits for somebody
    await eventually(() => expect(woken).toBeGreaterThan(0))
    await store(other, [3, 4])
    replica.signal('SIGCONT')
    await store(one, [0, 1, 2, 3, 4, 5])
    expect(await waiting(other)).toEqual([0, 1, 2, 3, 4, 5].map((offset) => `record ${offset}`))
  })

  test('an append in doubt that nobody went on from is taken back with its position, and stored by whoever reads on', async () => {
    const { primary, replica } = await replicated()
    const one = await processOf(primary, { confirm: { replicas: 1 } })
    const other = await processOf(primary)
    await one.position.open(0, false)
    replica.signal('SIGSTOP')
    await expect(inDoubt(one, [0, 1, 2])).rejects.toThrow('0 of 1 replicas had what was written')
    expect(await other.storage.checkpoints.get(key)).toBeUndefined()
    await other.position.open(0, false)
    await store(other, [0, 1, 2, 3])
    replica.signal('SIGCONT')
    await store(one, [0, 1, 2, 3, 4])
    expect(await waiting(other)).toEqual([0, 1, 2, 3, 4].map((offset) => `record ${offset}`))
  })
})

import {
  eventually,
  receiver,
  redisMissing,
  redisServer,
  runCli,
  startMillrace,
  tempDir,
} from '@millrace/testkit'
import { describe, expect, test } from 'vitest'
import { deadLetters, trigger as statusOf } from './fixture/admin.ts'
import { broker, retries, trigger } from './fixture/manifests.ts'
import { acceptAll, brokerUrl, ids } from './fixture/producing.ts'

const count = 200
const keys = 5

describe.skipIf(redisMissing !== undefined)(`millrace store copy ${redisMissing ?? ''}`, () => {
  test(
    'a backlog moves from SQLite to Redis and back: nothing is lost, twice or out of order, and what has failed goes on where it was',
    { timeout: 120_000 },
    async () => {
      await using redis = await redisServer()
      await using back = await tempDir()
      await using sinks = await receiver({ remember: 'ids' })
      const [plain, ordered, failing, bad] = ['/plain', '/ordered', '/failing', '/bad'].map((path) =>
        sinks.path(path),
      )
      failing!.replyWith(503)
      bad!.replyWith(400)
      const paused = { annotations: { 'millrace.dev/paused': 'true' } }
      const slow = { delivery: { ...retries(3), backoffDelay: 'PT1H' } }
      const order = { 'millrace.dev/ordered-by': 'partitionkey' }
      const manifests = (isPaused: boolean): string =>
        broker() +
        trigger('plain', plain!.url, isPaused ? paused : {}) +
        trigger('ordered', ordered!.url, {
          annotations: { ...order, ...(isPaused ? paused.annotations : {}) },
        }) +
        trigger('failing', failing!.url, { ...slow, attributes: { type: 'fails' } }) +
        trigger('bad', bad!.url, { attributes: { type: 'bad' } })
      await using first = await startMillrace({ manifests: manifests(true) })
      const events = ids('e', count).map((id, n) => ({ id, partitionkey: `k${n % keys}` }))
      await acceptAll(brokerUrl(first), events, 1)
      await acceptAll(brokerUrl(first), [
        { id: 'fails', type: 'fails' },
        { id: 'bad', type: 'bad' },
      ])
      await failing!.received(1)
      await eventually(async () => expect(await deadLetters(first)).toHaveLength(1))
      await eventually(async () => expect((await statusOf(first, 'failing')).lastError?.code).toBe(503))
      const from = `sqlite:${first.storePath}`
      const there = redis.storeUrl('house')
      const busy = await runCli(['store', 'copy', from, there])
      expect(busy.stderr).toMatch(/is held by process \d+; one process holds a store at a time: stop it/)
      expect(busy.code).toBe(1)
      await first.stop()

      const moved = await runCli(['store', 'copy', from, there])
      expect(moved.stdout).toMatch(
        new RegExp(
          `^copied 4 routes, ${count + 2} events, ${2 * count + 5} deliveries that wait, 0 parked keys`,
        ),
      )
      expect(moved.stderr).toContain('start no server on it again')
      expect(moved.code).toBe(0)

      // on Redis: its triggers are paused still, and what has failed waits for its second attempt
      await using second = await startMillrace({ manifests: manifests(true), args: ['--store', there] })
      expect(await statusOf(second, 'plain')).toMatchObject({ waiting: count + 2 })
      const { stdout } = await runCli(['event', 'fails', '-o', 'json', '--server', second.admin])
      expect(JSON.parse(stdout)).toMatchObject({
        deliveries: expect.arrayContaining([
          expect.objectContaining({
            state: 'retrying',
            attempts: [expect.objectContaining({ n: 1, code: 503 })],
          }),
        ]),
      })
      expect(await deadLetters(second)).toMatchObject([{ code: 400, attempts: 1, event: { id: 'bad' } }])
      await acceptAll(brokerUrl(second), [{ id: 'on-redis', partitionkey: 'k0' }])
      const inUse = await runCli(['store', 'copy', there, `sqlite:${back.path}/store`])
      expect(inUse.stderr).toMatch(/in use by process \d+ on /)
      await second.stop()

      const returned = await runCli(['store', 'copy', there, `sqlite:${back.path}/store`, '-o', 'json'])
      expect(JSON.parse(returned.stdout)).toMatchObject({
        events: count + 3,
        deliveries: 2 * count + 7,
        deadLetters: 1,
      })
      await using third = await startMillrace({
        manifests: manifests(false),
        args: ['--store', `sqlite:${back.path}/store`],
      })
      await eventually(async () =>
        expect(await statusOf(third, 'plain')).toMatchObject({ waiting: 0, inFlight: 0 }),
      )
      await eventually(async () =>
        expect(await statusOf(third, 'ordered')).toMatchObject({ waiting: 0, inFlight: 0 }),
      )
      const all = [...ids('e', count), 'fails', 'bad', 'on-redis']
      const lost = all.filter((id) => !plain!.ids.includes(id) || !ordered!.ids.includes(id))
      process.stdout.write(`store copy: ${all.length} events over two moves, ${lost.length} lost\n`)
      expect(plain!.ids.toSorted()).toEqual(all.toSorted())
      expect(ordered!.ids.toSorted()).toEqual(all.toSorted())
      for (let key = 0; key < keys; key += 1) {
        const own = ordered!.ids.filter((id) =>
          id === 'on-redis' ? key === 0 : Number(id.slice(2)) % keys === key,
        )
        expect(own.filter((id) => id.startsWith('e'))).toEqual(
          ids('e', count).filter((_, n) => n % keys === key),
        )
        if (key === 0) expect(own.at(-1)).toBe('on-redis')
      }
      expect(failing!.count).toBe(1)
      expect(bad!.count).toBe(1)
      // what is left is the retry in an hour
      expect((await statusOf(third, 'failing')).waiting).toBe(1)
    },
  )
})

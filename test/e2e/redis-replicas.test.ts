import {
  eventually,
  receiver,
  redisMissing,
  redisServer,
  runCli,
  startMillrace,
  type Millrace,
} from '@millrace/testkit'
import { describe, expect, test } from 'vitest'
import { orphans, settled, trigger as statusOf } from './fixture/admin.ts'
import { broker, trigger } from './fixture/manifests.ts'
import { acceptAll, brokerUrl, ids } from './fixture/producing.ts'

interface Process {
  readonly pid: number
  readonly self: boolean
  readonly admin?: string
  readonly inFlight?: number
}

async function processes(asked: Millrace): Promise<Process[]> {
  const { stdout } = await runCli(['get', 'processes', '-o', 'json', '--server', asked.admin])
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Process)
}

describe.skipIf(redisMissing !== undefined)(
  `get, over the processes on one Redis ${redisMissing ?? ''}`,
  () => {
    test('shows the sum over all of them, and which of them live', { timeout: 90_000 }, async () => {
      await using redis = await redisServer()
      await using sink = await receiver({ remember: 'ids' })
      sink.hold()
      const manifests = broker() + trigger('t', sink.url, { annotations: { 'millrace.dev/in-flight': '2' } })
      const args = ['--store', redis.storeUrl()]
      await using one = await startMillrace({ manifests, args })
      await using other = await startMillrace({ manifests, args })
      for (const [n, server] of [one, other].entries())
        await acceptAll(
          brokerUrl(server),
          ids(`e${n}`, 10).map((id) => ({ id })),
        )
      // the limit is each one's own
      await eventually(() => expect(sink.pending).toBe(4))
      for (const server of [one, other])
        await eventually(async () =>
          expect(await statusOf(server, 't')).toMatchObject({ inFlight: 4, waiting: 16, deadLetters: 0 }),
        )
      expect(await processes(other)).toMatchObject([
        { pid: one.pid, self: false, admin: one.admin, inFlight: 2 },
        { pid: other.pid, self: true, admin: other.admin, inFlight: 2 },
      ])
      const table = await runCli(['get', 'processes', '--server', one.admin])
      expect(table.stdout).toMatch(/^HOST +PID +UP +INGRESS +ADMIN +IN FLIGHT +MANIFESTS/)
      expect(table.stdout.trim().split('\n')).toHaveLength(3)
      expect(one.stderr).toContain('hold for each of them')

      const { pid } = one
      await one.kill()
      // until the others know that it is dead, what it has in flight is not known
      const { stderr } = await runCli(['get', 'trigger', 't', '--server', other.admin])
      expect(stderr).toMatch(new RegExp(`process ${pid} on \\S+ does not answer`))
      await eventually(
        async () => expect((await processes(other)).map((each) => each.pid)).toEqual([other.pid]),
        {
          timeoutMs: 30_000,
        },
      )
      await eventually(async () =>
        expect(await statusOf(other, 't')).toMatchObject({ inFlight: 2, waiting: 18 }),
      )
      sink.release()
      await settled(other)
      expect(new Set(sink.ids)).toEqual(new Set([...ids('e0', 10), ...ids('e1', 10)]))
    })

    test('a process delivers nothing of a trigger that it has not, and it is no orphan while another has it', async () => {
      await using redis = await redisServer()
      await using sink = await receiver({ remember: 'ids' })
      const [first, second] = [sink.path('/first'), sink.path('/second')]
      second.hold()
      const lesser = broker() + trigger('first', first.url)
      const manifests =
        lesser + trigger('second', second.url, { annotations: { 'millrace.dev/in-flight': '1' } })
      const args = ['--store', redis.storeUrl()]
      await using knows = await startMillrace({ manifests, args })
      await using lacks = await startMillrace({ manifests: lesser, args })
      const events = ids('e', 10)
      await acceptAll(
        brokerUrl(knows),
        events.map((id) => ({ id })),
      )
      await eventually(() => expect(first.ids.toSorted()).toEqual(events.toSorted()))
      await second.received(1)
      expect(await orphans(lacks)).toEqual([])
      // nobody is left who has it
      second.release()
      second.hold()
      await knows.stop()
      const taken = new Set(second.taken)
      await eventually(async () =>
        expect(await orphans(lacks)).toMatchObject([{ name: 'second', waiting: events.length - taken.size }]),
      )
      const seen = second.count
      second.release()
      // what it has is delivered all the same, and nothing of the orphans
      await acceptAll(brokerUrl(lacks), [{ id: 'later' }])
      await eventually(() => expect(first.ids).toContain('later'))
      expect(second.count).toBe(seen)
      await knows.start()
      await eventually(async () => expect(await orphans(lacks)).toEqual([]))
      await settled(knows)
      expect(new Set(second.taken)).toEqual(new Set(events))
    })
  },
)

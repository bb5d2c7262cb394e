import {
  cliInTerminal,
  eventually,
  receiver,
  redisMissing,
  redisServer,
  runCli,
  startMillrace,
  terminalMissing,
  type Millrace,
  type Receiver,
  type RedisServer,
} from '@millrace/testkit'
import { describe, expect, test } from 'vitest'
import { admin, deadLetters } from './fixture/admin.ts'
import { broker, retries, trigger } from './fixture/manifests.ts'
import { acceptAll, brokerUrl, ids } from './fixture/producing.ts'

const noTerminal = await terminalMissing()
/** `JOBS_LETTERS=100000` takes longer. */
const many = Number(process.env.JOBS_LETTERS ?? 1_000)
/** So slow that it can be broken off in its midst. */
const perSecond = Math.ceil(many / 5)

interface Job {
  readonly id: string
  readonly kind: string
  readonly state: string
  readonly done: number
  readonly total?: number
  readonly skipped?: number
}

async function millrace(server: Millrace, ...args: string[]) {
  return runCli([...args, '--server', server.admin])
}

async function jobs(server: Millrace, kind: string): Promise<readonly Job[]> {
  const { items } = await admin<{ items: Job[] }>(server, '/api/jobs')
  return items.filter((job) => job.kind === kind)
}

async function jobOf(server: Millrace, id: string): Promise<Job> {
  return admin<Job>(server, `/api/jobs/${id}`)
}

/** Each event is a dead letter; its trigger is paused, so that what is redriven can be counted. */
async function deadAndPaused(server: Millrace, sink: Receiver): Promise<string[]> {
  const events = ids('e', many)
  await acceptAll(
    brokerUrl(server),
    events.map((id) => ({ id })),
  )
  const counted = async (): Promise<boolean> => (await deadCount(server)) === many
  await eventually(counted, { timeoutMs: 120_000 })
  expect(sink.count).toBe(many)
  expect((await millrace(server, 'pause', 'trigger', 't')).code).toBe(0)
  return events
}

async function deadCount(server: Millrace): Promise<number> {
  const { items } = await admin<{ items: { status: { deadLetters: number } }[] }>(
    server,
    '/api/resources?kind=trigger',
  )
  return items[0]?.status.deadLetters ?? 0
}

/** The ids of the events that wait, in order. */
async function waitingEvents(server: Millrace): Promise<string[]> {
  const { stdout } = await millrace(server, 'deliveries', 'ls', '-o', 'json')
  const lines = stdout.split('\n').filter((line) => line !== '')
  return lines.map((line) => (JSON.parse(line) as { event: { id: string } }).event.id)
}

async function isUnderWay(server: Millrace, id: string): Promise<boolean> {
  const { done } = await jobOf(server, id)
  return done > 0 && done < many
}

function manifests(sink: Receiver): string {
  return broker() + trigger('t', sink.url, { delivery: retries(0) })
}

describe('jobs', () => {
  test(
    'a redrive goes on where a kill -9 broke it off: each letter once, all of them counted',
    { timeout: 180_000 },
    async () => {
      await using sink = await receiver({ remember: 'ids' })
      sink.replyWith(400)
      await using server = await startMillrace({ manifests: manifests(sink) })
      const events = await deadAndPaused(server, sink)
      const begun = await millrace(server, 'dlq', 'redrive', '--detach', '--rate', String(perSecond))
      expect(begun).toMatchObject({ code: 0, stdout: expect.stringMatching(/^redrive-\w{8}\n$/) })
      const id = begun.stdout.trim()
      await eventually(() => isUnderWay(server, id), { timeoutMs: 60_000 })
      await server.kill()
      await server.start()
      const isDone = async (): Promise<boolean> => (await jobOf(server, id)).state === 'done'
      await eventually(isDone, { timeoutMs: 120_000 })
      expect(await jobOf(server, id)).toMatchObject({ done: many, total: many, skipped: 0 })
      expect((await waitingEvents(server)).toSorted()).toEqual(events.toSorted())
    },
  )

  test('cancelled, it leaves what is not redriven yet where it is; its command says so', async () => {
    await using sink = await receiver({ remember: 'ids' })
    sink.replyWith(400)
    await using server = await startMillrace({ manifests: manifests(sink) })
    await deadAndPaused(server, sink)
    const following = millrace(server, 'dlq', 'redrive', '--rate', String(perSecond))
    await eventually(async () => expect(await jobs(server, 'redrive')).toHaveLength(1))
    const [{ id } = { id: '' }] = await jobs(server, 'redrive')
    await eventually(() => isUnderWay(server, id))
    expect(await millrace(server, 'jobs', 'cancel', id)).toMatchObject({ stdout: `cancelled ${id}\n` })
    const { code, stderr } = await following
    expect(code).toBe(1)
    expect(stderr).toMatch(new RegExp(`^${id} was cancelled \\(redriven \\d+ of ${many}\\)`, 'm'))
    const redriven = (await waitingEvents(server)).length
    expect(redriven).toBeGreaterThan(0)
    expect(redriven + (await deadCount(server))).toBe(many)
    expect(await millrace(server, 'jobs', 'cancel', id)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('it is cancelled'),
    })
  })

  test.skipIf(noTerminal !== undefined)(
    'on a terminal it is followed; Ctrl-C leaves it running, and says how to go on',
    { timeout: 60_000 },
    async () => {
      await using sink = await receiver({ remember: 'ids' })
      sink.replyWith(400)
      await using server = await startMillrace({ manifests: manifests(sink) })
      await deadAndPaused(server, sink)
      const args = ['dlq', 'redrive', '--all', '--rate', String(perSecond), '--server', server.admin]
      await using shown = cliInTerminal(args)
      await eventually(() => expect(shown.screen).toMatch(new RegExp(`redriven \\d+ of ${many}`)))
      const [, id = ''] = /(redrive-\w{8}): Ctrl-C leaves it running/.exec(shown.screen) ?? []
      shown.type('\x03')
      await shown.ended
      expect((await jobOf(server, id)).done).toBeLessThan(many)
      await eventually(async () => expect((await jobOf(server, id)).state).toBe('done'), {
        timeoutMs: 30_000,
      })
      expect(await waitingEvents(server)).toHaveLength(many)
    },
  )

  test('all of them in a pipe: the id at once, and millrace jobs shows how far it is', async () => {
    await using sink = await receiver({ remember: 'ids' })
    sink.replyWith(400)
    await using server = await startMillrace({ manifests: manifests(sink) })
    await deadAndPaused(server, sink)
    const { code, stdout } = await millrace(server, 'dlq', 'redrive', '--all')
    expect(code).toBe(0)
    const id = stdout.trim()
    await eventually(async () => expect((await jobOf(server, id)).state).toBe('done'))
    const table = await millrace(server, 'jobs')
    expect(table.stdout).toMatch(
      new RegExp(`^${id} +redrive +done +${many}/${many} +\\d+s +dead letters$`, 'm'),
    )
    expect(await deadLetters(server)).toEqual([])
    const both = await millrace(server, 'dlq', 'redrive', '--all', '--trigger', 't')
    expect(both).toMatchObject({ code: 2, stderr: expect.stringContaining('--all is all of them') })
  })
})

describe.skipIf(redisMissing !== undefined)(
  `jobs of several processes on one Redis ${redisMissing ?? ''}`,
  () => {
    test(
      'the process that has a redrive is killed: another goes on, each letter once; retention is one job for all',
      { timeout: 180_000 },
      async () => {
        await using redis = await redisServer()
        await using sink = await receiver({ remember: 'ids' })
        sink.replyWith(400)
        const start = () => startMillrace({ manifests: manifests(sink), args: ['--store', redis.storeUrl()] })
        await using first = await start()
        await using other = await start()
        const events = await deadAndPaused(first, sink)
        const args = ['dlq', 'redrive', '--detach', '--rate', String(perSecond)]
        const id = (await millrace(first, ...args)).stdout.trim()
        // seen from either of them; the one that was asked has it
        await eventually(() => isUnderWay(other, id), { timeoutMs: 60_000 })
        await first.kill()
        const brokenOff = await jobOf(other, id)
        expect(brokenOff.done).toBeLessThan(many)
        const isDone = async (): Promise<boolean> => (await jobOf(other, id)).state === 'done'
        await eventually(isDone, { timeoutMs: 120_000 })
        expect(await jobOf(other, id)).toMatchObject({ done: many, total: many, skipped: 0 })
        expect((await waitingEvents(other)).toSorted()).toEqual(events.toSorted())
        // there are two where an hour has just turned
        await eventually(async () =>
          expect(await jobs(other, 'retention')).toMatchObject([{ state: 'done' }]),
        )
        process.stdout.write(
          `redis: a redrive of ${many} was broken off at ${brokenOff.done} by kill -9, ${many} redriven, none twice\n`,
        )
      },
    )

    test(
      'where there is no job, processes send less than a command a second each',
      { timeout: 120_000 },
      async () => {
        await using redis = await redisServer()
        const start = () => startMillrace({ manifests: broker(), args: ['--store', redis.storeUrl()] })
        await using first = await start()
        await using other = await start()
        const aSecond = await idleRate(redis, [first, other])
        process.stdout.write(
          `redis: idle after a job, ${aSecond.toFixed(2)} commands a second for each of 2 processes\n`,
        )
        expect(aSecond).toBeLessThan(1)
      },
    )
  },
)

/** The process that did not have the job looks once more after its time. */
const idleSeconds = 18

/** What each process sends a second. At the turn of an hour there is a job again: that is not counted. */
async function idleRate(redis: RedisServer, servers: readonly Millrace[]): Promise<number> {
  for (;;) {
    const job = await idle(redis, servers)
    const [from, before] = [performance.now(), await commandsOf(redis)]
    await eventually(() => secondsSince(from) >= idleSeconds, { timeoutMs: 60_000 })
    const [seconds, after] = [secondsSince(from), await commandsOf(redis)]
    if ((await idle(redis, servers)) === job) return (after - before) / seconds / servers.length
  }
}

/** Waits until the last job is done and all of its workers are gone. → its id */
async function idle(redis: RedisServer, servers: readonly Millrace[]): Promise<string> {
  const ended = async (server: Millrace): Promise<string> => {
    const all = await admin<{ items: Job[] }>(server, '/api/jobs')
    expect(all.items).toMatchObject([{ kind: 'retention', state: 'done' }])
    return all.items[0]?.id ?? ''
  }
  const settled = async (): Promise<string> => {
    const [id = '', ...others] = await Promise.all(servers.map(ended))
    expect(others).toEqual(servers.slice(1).map(() => id))
    // of each process its two for the store, and one for the queue, since it was asked for jobs; the one that asks
    const clients = await info(redis, 'clients', 'connected_clients')
    expect(Number(clients)).toBe(3 * servers.length + 1)
    return id
  }
  return eventually(settled, { timeoutMs: 30_000 })
}

function secondsSince(from: number): number {
  return (performance.now() - from) / 1_000
}

async function commandsOf(redis: RedisServer): Promise<number> {
  return Number(await info(redis, 'stats', 'total_commands_processed'))
}

async function info(redis: RedisServer, section: string, name: string): Promise<string> {
  return new RegExp(`${name}:(\\d+)`).exec(await redis.ask('INFO', section))?.[1] ?? ''
}

import { eventually, receiver, runCli, startMillrace, type Millrace, type TestEvent } from '@millrace/testkit'
import { describe, expect, test } from 'vitest'
import { deadLetters, settled, type DeadLetter } from './fixture/admin.ts'
import { broker, retries, trigger } from './fixture/manifests.ts'
import { acceptAll, brokerUrl, ids } from './fixture/producing.ts'

/** Runs the command in a terminal of its own (util-linux): progress is shown to people only. */
const terminal = ['sh', '-c', 'script -qec "$*" /dev/null', 'sh']

/** Runs `millrace dlq …` against the server. */
async function dlq(
  millrace: Millrace,
  ...args: string[]
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  return runCli(['dlq', ...args, '--server', millrace.admin])
}

function eventIds(letters: readonly DeadLetter[]): string[] {
  return letters.map(({ event }) => String(event?.['id']))
}

/** A server on which each of the events has become a dead letter of the trigger that takes its type. */
async function startWithDeadLetters(
  sinkUrl: (name: string) => string,
  events: readonly (TestEvent & { type: 'a' | 'b' })[],
): Promise<Millrace> {
  const millrace = await startMillrace({
    manifests: [
      broker(),
      ...['a', 'b'].map((type) =>
        trigger(type, sinkUrl(type), { attributes: { type }, delivery: retries(1) }),
      ),
    ].join(''),
  })
  await acceptAll(brokerUrl(millrace), events, 1)
  await eventually(async () => expect(await deadLetters(millrace)).toHaveLength(events.length))
  return millrace
}

// what ls and show print is held in packages/cli/test/commands/dlq.test.ts
describe('dlq', () => {
  test('redrive delivers the chosen ones again with fresh retries and leaves the others', async () => {
    await using sink = await receiver()
    sink.replyWith(400)
    await using millrace = await startWithDeadLetters(
      (name) => sink.path(`/${name}`).url,
      [
        { id: 'a1', type: 'a' },
        { id: 'b1', type: 'b' },
      ],
    )
    sink.path('/a').replyWith(503, 200)
    const redriven = await dlq(millrace, 'redrive', '--trigger', 'a')
    expect(redriven).toMatchObject({ code: 0, stdout: 'redriven 1 of 1\n' })
    await settled(millrace)
    expect(sink.path('/a').ids).toEqual(['a1', 'a1', 'a1'])
    expect(eventIds(await deadLetters(millrace))).toEqual(['b1'])
  })

  test('what fails again after a redrive is a new dead letter and is not chased', async () => {
    await using sink = await receiver()
    sink.replyWith(400)
    await using millrace = await startWithDeadLetters(
      (name) => sink.path(`/${name}`).url,
      [{ id: 'a1', type: 'a' }],
    )
    const [before] = await deadLetters(millrace)
    await dlq(millrace, 'redrive')
    await eventually(async () => {
      const [after] = await deadLetters(millrace)
      expect(after?.id).not.toBe(before?.id)
      expect(after).toMatchObject({ attempts: 1, event: { id: 'a1' } })
    })
    expect(sink.count).toBe(2)
  })

  test('redrive goes in chunks and shows on a terminal how far it is; every event arrives once', async () => {
    await using sink = await receiver({ remember: 'ids' })
    sink.replyWith(400)
    const events = ids('e', 250)
    await using millrace = await startMillrace({
      manifests: broker() + trigger('a', sink.url, { delivery: retries(0) }),
    })
    await acceptAll(
      brokerUrl(millrace),
      events.map((id) => ({ id })),
    )
    await eventually(async () => expect(await deadLetters(millrace)).toHaveLength(250))
    sink.replyWith(200)
    const { stdout } = await runCli(['dlq', 'redrive', '--rate', '1000', '--server', millrace.admin], {
      prefix: terminal,
    })
    for (const line of ['redriven 100 of 250', 'redriven 200 of 250', 'redriven 250 of 250'])
      expect(stdout).toContain(line)
    await settled(millrace)
    expect(await deadLetters(millrace)).toEqual([])
    expect(sink.ids.slice(250).toSorted()).toEqual(events.toSorted())
  })

  test('redrive of one whose trigger is gone skips it, says why and exits 1', async () => {
    await using sink = await receiver()
    sink.replyWith(400)
    await using millrace = await startWithDeadLetters(
      (name) => sink.path(`/${name}`).url,
      [{ id: 'a1', type: 'a' }],
    )
    const [letter] = await deadLetters(millrace)
    await millrace.write('manifests.yaml', broker())
    await eventually(async () => {
      const { code, stderr } = await dlq(millrace, 'redrive', String(letter?.id))
      expect(code).toBe(1)
      expect(stderr).toContain('its trigger is no longer in the manifests')
    })
    expect(await deadLetters(millrace)).toHaveLength(1)
  })

  test('drop removes the chosen ones, and refuses to drop all unless told so', async () => {
    await using sink = await receiver()
    sink.replyWith(400)
    await using millrace = await startWithDeadLetters(
      (name) => sink.path(`/${name}`).url,
      [
        { id: 'a1', type: 'a' },
        { id: 'a2', type: 'a' },
        { id: 'b1', type: 'b' },
      ],
    )
    expect(await dlq(millrace, 'drop')).toMatchObject({ code: 2 })
    expect(await deadLetters(millrace)).toHaveLength(3)
    expect(await dlq(millrace, 'drop', '--type', 'a')).toMatchObject({ code: 0, stdout: 'dropped 2 of 2\n' })
    expect(eventIds(await deadLetters(millrace))).toEqual(['b1'])
    expect(await dlq(millrace, 'drop', '--all')).toMatchObject({ code: 0, stdout: 'dropped 1 of 1\n' })
    expect(sink.count).toBe(3)
  })

  test('dead letters outlive a kill', async () => {
    await using sink = await receiver()
    sink.replyWith(400)
    await using millrace = await startWithDeadLetters(
      (name) => sink.path(`/${name}`).url,
      [{ id: 'a1', type: 'a' }],
    )
    await millrace.restart()
    expect(eventIds(await deadLetters(millrace))).toEqual(['a1'])
    sink.replyWith(200)
    await dlq(millrace, 'redrive')
    await settled(millrace)
    expect(sink.ids).toEqual(['a1', 'a1'])
  })

  test('commands that change anything need the admin token when it is set', async () => {
    await using sink = await receiver()
    sink.replyWith(400)
    await using millrace = await startMillrace({
      manifests: broker() + trigger('a', sink.url, { delivery: retries(0) }),
      env: { MILLRACE_ADMIN_TOKEN: 'sesame' },
    })
    await acceptAll(brokerUrl(millrace), [{ id: 'a1' }])
    await eventually(async () => expect(await deadLetters(millrace)).toHaveLength(1))
    expect((await dlq(millrace, 'redrive')).code).toBe(1)
    expect(sink.count).toBe(1)
    sink.replyWith(200)
    const allowed = await runCli(['dlq', 'redrive', '--server', millrace.admin], {
      env: { MILLRACE_ADMIN_TOKEN: 'sesame' },
    })
    expect(allowed.code).toBe(0)
    await sink.received(2)
  })
})

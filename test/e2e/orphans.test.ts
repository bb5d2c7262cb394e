import { eventually, exchange, receiver, runCli, startMillrace, type Millrace } from '@millrace/testkit'
import { expect, test } from 'vitest'
import { orphans, settled, triggers } from './fixture/admin.ts'
import { broker, trigger } from './fixture/manifests.ts'
import { acceptAll, brokerUrl, ids } from './fixture/producing.ts'

/** More than the window of one trigger: some in flight, some leased, some only in the store. */
const events = ids('e', 350)

/** A server whose trigger `t` has all events waiting, and whose manifests then lose the trigger. */
async function startWithOrphans(sinkUrl: string): Promise<Millrace> {
  const millrace = await startMillrace({
    manifests: { 'broker.yaml': broker(), 't.yaml': trigger('t', sinkUrl) },
  })
  await acceptAll(
    brokerUrl(millrace),
    events.map((id) => ({ id })),
  )
  await millrace.write('t.yaml', '')
  await eventually(async () => expect((await triggers(millrace)).has('t')).toBe(false))
  return millrace
}

test('what waits for a removed trigger is an orphan that get shows, and comes back with the trigger', async () => {
  await using sink = await receiver({ remember: 'ids' })
  sink.hold()
  await using millrace = await startWithOrphans(sink.url)
  const { stdout } = await runCli(['get', 'orphans', '-o', 'json', '--server', millrace.admin])
  expect(JSON.parse(stdout)).toMatchObject({
    addressable: '/default/default',
    name: 't',
    waiting: events.length,
  })
  const table = await runCli(['get', 'orphans', '--server', millrace.admin])
  expect(table.stdout).toMatch(/\/default\/default\s+t\s+350/)

  await millrace.write('t.yaml', trigger('t', sink.url))
  await eventually(async () => expect((await triggers(millrace)).has('t')).toBe(true))
  sink.release()
  await settled(millrace)
  expect(sink.ids.toSorted()).toEqual(events.toSorted())
  expect(await orphans(millrace)).toEqual([])
})

test('orphans are held over a restart without their trigger, and come back with it', async () => {
  await using sink = await receiver({ remember: 'ids' })
  sink.hold()
  await using millrace = await startWithOrphans(sink.url)
  await millrace.restart()
  expect(await orphans(millrace)).toMatchObject([{ name: 't', waiting: events.length }])
  sink.release()
  await millrace.write('t.yaml', trigger('t', sink.url))
  await eventually(async () => expect((await triggers(millrace)).has('t')).toBe(true))
  await settled(millrace)
  expect(new Set(sink.ids)).toEqual(new Set(events))
})

test('orphans are dropped by command; their trigger comes back empty', async () => {
  await using sink = await receiver({ remember: 'ids' })
  sink.hold()
  await using millrace = await startWithOrphans(sink.url)
  const [orphan] = await orphans(millrace)
  await millrace.restart()
  const began = sink.count
  const dropped = await command(millrace, '/api/orphans/drop', { id: orphan?.id })
  expect(dropped).toEqual({ dropped: events.length })
  await millrace.write('t.yaml', trigger('t', sink.url))
  await eventually(async () => expect((await triggers(millrace)).has('t')).toBe(true))
  sink.release()
  await acceptAll(brokerUrl(millrace), [{ id: 'later' }])
  await settled(millrace)
  expect(sink.ids.slice(began)).toEqual(['later'])
})

test('orphans are redirected to another trigger by command', async () => {
  await using sink = await receiver({ remember: 'ids' })
  sink.hold()
  await using millrace = await startWithOrphans(sink.url)
  const [orphan] = await orphans(millrace)
  await millrace.restart()
  await millrace.write('other.yaml', trigger('other', sink.path('/other').url))
  await eventually(async () => expect((await triggers(millrace)).has('other')).toBe(true))
  sink.release()
  const redirected = await command(millrace, '/api/orphans/redirect', { id: orphan?.id, to: 'default/other' })
  expect(redirected).toEqual({ redirected: events.length })
  await settled(millrace)
  expect(sink.path('/other').ids.toSorted()).toEqual(events.toSorted())
})

test('orphans drop and orphans redirect: jobs that are followed to their end', async () => {
  await using sink = await receiver({ remember: 'ids' })
  sink.hold()
  await using millrace = await startWithOrphans(sink.url)
  await millrace.restart()
  await millrace.write('other.yaml', trigger('other', sink.path('/other').url))
  await eventually(async () => expect((await triggers(millrace)).has('other')).toBe(true))
  sink.release()
  const redirected = await runCli(['orphans', 'redirect', 't', 'other', '--server', millrace.admin])
  expect(redirected).toMatchObject({ code: 0, stdout: `redirected ${events.length} of ${events.length}\n` })
  await settled(millrace)
  expect(sink.path('/other').ids.toSorted()).toEqual(events.toSorted())
  const dropped = await runCli(['orphans', 'drop', 't', '--server', millrace.admin])
  expect(dropped).toMatchObject({ code: 0, stdout: 'dropped 0 of 0\n' })
  const inForce = await runCli(['orphans', 'drop', 'other', '--server', millrace.admin])
  expect(inForce).toMatchObject({ code: 1, stderr: expect.stringContaining('is part of the manifests') })
})

async function command(millrace: Millrace, path: string, body: object): Promise<unknown> {
  const answer = await exchange('POST', millrace.admin + path, {
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  return JSON.parse(answer.text) as unknown
}

import { eventually, post, receiver, startMillrace, type Millrace, type Receiver } from '@millrace/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runHere } from '../recording-terminal.ts'

const cleanup = new AsyncDisposableStack()
let millrace: Millrace
let sink: Receiver

beforeAll(async () => {
  sink = cleanup.use(await receiver())
  sink.replyWith({ status: 400, body: 'no' })
  millrace = cleanup.use(await startMillrace({ manifests: manifests(sink.url) }))
})
afterAll(() => cleanup.disposeAsync())

const cli = (...args: string[]) => runHere(args, { env: { MILLRACE_SERVER: millrace.admin } })

async function lines(...args: string[]): Promise<Record<string, unknown>[]> {
  const { stdout } = await cli(...args, '-o', 'json')
  return stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>)
}

async function send(type: string, id: string, extensions: object = {}): Promise<void> {
  await post(`${millrace.ingress}/default/default`, {
    type,
    id,
    data: '{"n":12345678901234567890}',
    ...extensions,
  })
}

test('keys: ls and show have all that the contract names; released it fails again, skipped the next one is tried', async () => {
  expect((await cli('keys', 'ls')).stdout + (await cli('keys', 'ls')).stderr).toContain('no key is parked')
  for (const id of ['1', '2']) await send('queue', id, { partitionkey: 'a,b' })
  await eventually(async () => expect(await lines('keys', 'ls')).toHaveLength(1))
  expect(await lines('keys', 'ls', 'queue')).toEqual([
    expect.objectContaining({
      trigger: 'queue',
      key: 'a,b',
      waiting: 2,
      since: expect.stringMatching(/Z$/),
      code: 400,
      reason: 'the answer was 400',
      event: expect.objectContaining({ id: '1', type: 'queue' }),
    }),
  ])
  const shown = await cli('keys', 'show', 'queue', 'a,b', '-o', 'json')
  expect(shown.stdout).toMatch(/"id":"1".*\n.*"id":"2"/)
  expect(shown.stdout).toContain('12345678901234567890')

  expect((await cli('keys', 'release', 'queue', 'a,b')).code).toBe(0)
  await sink.received(2)
  await eventually(async () => expect(await lines('keys', 'ls')).toHaveLength(1))
  expect((await cli('keys', 'skip', 'queue', 'a,b')).code).toBe(0)
  await eventually(async () => expect(await lines('keys', 'ls')).toMatchObject([{ event: { id: '2' } }]))
  expect(await lines('dlq', 'ls')).toMatchObject([{ route: 'queue', event: { id: '1' } }])
  expect(await cli('keys', 'skip', 'queue', 'z')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('the key z of queue is not parked'),
  })
  expect((await cli('keys', 'skip', 'queue')).code).toBe(2)
})

test('deliveries: what waits for its time is listed, and cancelled by id or by event', async () => {
  for (const id of ['x', 'y'])
    await send('later', id, { notbefore: new Date(Date.now() + 3_600_000).toISOString() })
  const waiting = await lines('deliveries', 'ls', '--trigger', 'later')
  expect(waiting).toEqual(
    ['x', 'y'].map((id) =>
      expect.objectContaining({
        id: expect.any(String),
        addressable: '/default/default',
        trigger: 'later',
        state: 'scheduled',
        due: expect.stringMatching(/Z$/),
        attempts: 0,
        event: expect.objectContaining({ id }),
      }),
    ),
  )
  expect((await cli('deliveries', 'ls', '--trigger', 'later')).stdout).toMatch(
    / later +scheduled +in 59m\d+s +0 /,
  )
  expect(await cli('deliveries', 'cancel', String(waiting[0]!['id']))).toMatchObject({
    code: 0,
    stdout: 'cancelled 1\n',
  })
  expect(await cli('deliveries', 'cancel', '--event', 'y')).toMatchObject({
    code: 0,
    stdout: 'cancelled 1\n',
  })
  expect(await cli('deliveries', 'cancel', '--event', 'y')).toMatchObject({ code: 1 })
  expect((await cli('deliveries', 'cancel')).code).toBe(2)
  expect(await lines('deliveries', 'ls', '--trigger', 'later')).toEqual([])
})

test('a time that is none, or too far ahead, is refused with the attribute named', async () => {
  const sent = await cli('send', '--type', 'later', '--ext', 'notbefore=tomorrow')
  expect(sent).toMatchObject({ code: 1, stderr: expect.stringContaining('notbefore is "tomorrow"') })
  const far = await cli('send', '--type', 'later', '--at', '31d')
  expect(far).toMatchObject({ code: 1, stderr: expect.stringContaining('more than 30 days ahead') })
})

function manifests(url: string): string {
  const trigger = (name: string, annotations: string): string => `---
apiVersion: eventing.knative.dev/v1
kind: Trigger
metadata: {name: ${name}, annotations: {${annotations}}}
spec:
  broker: default
  filter: {attributes: {type: ${name}}}
  subscriber: {uri: "${url}"}
  delivery: {retry: 0}
`
  return [
    'apiVersion: eventing.knative.dev/v1\nkind: Broker\nmetadata: {name: default}\n',
    trigger('queue', 'millrace.dev/ordered-by: partitionkey, millrace.dev/on-failure: park'),
    trigger('later', 'millrace.dev/due-from: notbefore'),
  ].join('')
}

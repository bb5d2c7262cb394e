import { eventually, receiver, runCli, startMillrace, type Millrace } from '@millrace/testkit'
import { expect, test } from 'vitest'
import { settled, triggers } from './fixture/admin.ts'
import { broker } from './fixture/manifests.ts'
import { acceptAll, brokerUrl, ids } from './fixture/producing.ts'

const annotated = 'millrace.dev/paused: "true"'

function trigger(name: string, url: string, annotation = ''): string {
  return `apiVersion: eventing.knative.dev/v1
kind: Trigger
metadata:
  name: ${name}
  annotations: {${annotation}}
spec: {broker: default, subscriber: {uri: "${url}"}}
`
}

function cli(millrace: Millrace, ...args: string[]) {
  return runCli([...args, '--server', millrace.admin])
}

async function accept(millrace: Millrace, events: readonly string[]): Promise<void> {
  await acceptAll(
    brokerUrl(millrace),
    events.map((id) => ({ id })),
  )
}

test('a trigger that is paused by command keeps its backlog, over a restart too, until it goes on', async () => {
  await using sink = await receiver({ remember: 'ids' })
  await using other = await receiver({ remember: 'ids' })
  await using millrace = await startMillrace({
    manifests: {
      'all.yaml': [broker(), trigger('held', sink.url), trigger('other', other.url)].join('---\n'),
    },
  })
  expect(await cli(millrace, 'pause', 'trigger', 'held')).toMatchObject({
    code: 0,
    stdout: 'Trigger default/held is paused: its deliveries wait, attempts under way end\n',
  })
  const events = ids('e', 300)
  await accept(millrace, events)
  await eventually(() => expect(other.ids).toHaveLength(300))
  await eventually(async () =>
    expect((await triggers(millrace)).get('held')).toMatchObject({ paused: true, waiting: 300, inFlight: 0 }),
  )
  const { stdout } = await cli(millrace, 'get', 'triggers')
  expect(stdout).toMatch(/held .*paused.* 300 /)

  await millrace.restart()
  expect((await triggers(millrace)).get('held')).toMatchObject({ paused: true, waiting: 300 })
  expect(sink.ids).toEqual([])

  expect(await cli(millrace, 'resume', 'triggers', 'held', '-n', 'default')).toMatchObject({ code: 0 })
  await settled(millrace)
  expect(sink.ids.toSorted()).toEqual(events.toSorted())
  expect((await triggers(millrace)).get('held')).toMatchObject({ paused: false, waiting: 0 })
})

test('pausing lets attempts under way finish and begins no more', async () => {
  await using sink = await receiver({ remember: 'ids' })
  sink.hold()
  await using millrace = await startMillrace({
    manifests: {
      'all.yaml': [broker(), trigger('held', sink.url, 'millrace.dev/in-flight: "2"')].join('---\n'),
    },
  })
  await accept(millrace, ids('e', 10))
  await eventually(async () => expect((await triggers(millrace)).get('held')).toMatchObject({ inFlight: 2 }))
  await cli(millrace, 'pause', 'trigger', 'held')
  sink.release()
  await eventually(async () =>
    expect((await triggers(millrace)).get('held')).toMatchObject({ inFlight: 0, waiting: 8 }),
  )
  expect(sink.ids).toHaveLength(2)
})

test('what its annotation pauses goes on when the annotation goes, not by command', async () => {
  await using sink = await receiver({ remember: 'ids' })
  await using millrace = await startMillrace({
    manifests: { 'broker.yaml': broker(), 'held.yaml': trigger('held', sink.url, annotated) },
  })
  const events = ids('e', 250)
  await accept(millrace, events)
  expect((await triggers(millrace)).get('held')).toMatchObject({ paused: true, waiting: 250 })
  const { code, stderr } = await cli(millrace, 'resume', 'trigger', 'held')
  expect(code).toBe(1)
  expect(stderr).toMatch(/held\.yaml:5: millrace\.dev\/paused/)
  await millrace.write('held.yaml', trigger('held', sink.url))
  await settled(millrace)
  expect(sink.ids.toSorted()).toEqual(events.toSorted())
})

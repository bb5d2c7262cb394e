import { eventually } from '@millrace/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runningServer, type RunningServer } from './running-server.ts'

describe('of a server at rest', () => {
  let server: RunningServer
  beforeAll(async () => {
    server = await runningServer()
  })
  afterAll(() => server[Symbol.asyncDispose]())

  test('triggers are a table with condition, waiting and subscriber', async () => {
    const { code, stdout } = await server.cli('get', 'triggers')
    const [head, ...rows] = stdout.trimEnd().split('\n')
    expect(head).toMatch(/^NAMESPACE +NAME +BROKER +READY +.*WAITING/)
    expect(rows.toSorted()).toEqual([
      expect.stringMatching(/^default +bad +default +True .*http:\S+\/bad/),
      expect.stringMatching(/^default +ok +default +True .*http:\S+\/ok/),
    ])
    expect(code).toBe(0)
  })

  test('a broker has its URL, in any spelling of its kind', async () => {
    for (const kind of ['broker', 'brokers', 'Broker', 'BROKERS']) {
      const { stdout } = await server.cli('get', kind, '-o', 'json')
      const broker = JSON.parse(stdout) as { status: { address: { url: string } } }
      expect(broker.status.address.url).toBe(`${server.millrace.ingress}/default/default`)
    }
  })

  test('-o json is one object a line, the whole resource with its status', async () => {
    const { stdout } = await server.cli('get', 'triggers', '-o', 'json')
    const items = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(items).toHaveLength(2)
    expect(items[0]).toMatchObject({ kind: 'Trigger', spec: { broker: 'default' }, status: { waiting: 0 } })
  })

  test('-o yaml is documents that say the same', async () => {
    const { stdout } = await server.cli('get', 'trigger', 'ok', '-o', 'yaml')
    expect(stdout).toMatch(/^apiVersion: eventing\.knative\.dev\/v1\nkind: Trigger\n/)
    expect(stdout).toContain('conditions:')
  })

  test('-o wide has all conditions', async () => {
    const { stdout } = await server.cli('get', 'triggers', '-o', 'wide')
    expect(stdout).toMatch(/SubscriberResolved=True/)
  })

  test("a secret's value is shown in no format", async () => {
    for (const format of [[], ['-o', 'wide'], ['-o', 'json'], ['-o', 'yaml']]) {
      const { stdout } = await server.cli('get', 'secrets', ...format)
      expect(stdout).toContain('hook')
      expect(stdout).not.toContain('much-hidden')
      expect(stdout).not.toContain(Buffer.from('much-hidden').toString('base64'))
    }
  })

  test('a namespace without any is empty, and not an error', async () => {
    const { code, stdout, stderr } = await server.cli('get', 'triggers', '-n', 'other')
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' })
    expect(stderr).toContain('there are none')
  })

  test('a name that is not there is exit 1, an unknown kind names the kinds', async () => {
    const missing = await server.cli('get', 'trigger', 'absent')
    expect(missing.stderr).toContain('there is no trigger "absent"')
    expect(missing.code).toBe(1)
    const unknown = await server.cli('get', 'widgets')
    expect(unknown.stderr).toMatch(/triggers?/i)
    expect(unknown.code).toBe(1)
  })
})

test('what waits is counted, and the last error is shown with its age', async () => {
  await using server = await runningServer()
  server.sink.path('/ok').replyWith(503)
  await server.emit('ok', '1')
  await eventually(async () => {
    const { stdout } = await server.cli('get', 'trigger', 'ok')
    expect(stdout).toMatch(/503.*\d+s ago/)
  })
})

test('a broker says how many of its triggers fail, and all of them at last', async () => {
  await using server = await runningServer()
  server.sink.path('/ok').replyWith(503)
  await server.emit('ok', '1')
  await eventually(async () => {
    const { stdout } = await server.cli('get', 'brokers')
    expect(stdout).toMatch(/FAILING.*LAST ERROR.*\n.*1 of 2.*503, \d+s ago/)
  })
  await server.emit('bad', '2')
  await eventually(async () => {
    const { stdout } = await server.cli('get', 'brokers')
    expect(stdout).toMatch(/all 2.*\d+s ago/)
  })
  server.sink.path('/ok').replyWith(200)
  await eventually(async () => {
    const { stdout } = await server.cli('get', 'brokers')
    expect(stdout).toMatch(/1 of 2.*400, \d+s ago/)
  })
})

test('orphans are what waits for a trigger that is gone', async () => {
  await using server = await runningServer()
  server.sink.path('/ok').replyWith(503)
  await server.emit('ok', '1')
  await server.sink.path('/ok').received(1)
  await server.millrace.write(
    'manifests.yaml',
    'apiVersion: eventing.knative.dev/v1\nkind: Broker\nmetadata: {name: default}\n',
  )
  await eventually(async () => {
    const { stdout } = await server.cli('get', 'orphans', '-o', 'json')
    expect(JSON.parse(stdout)).toMatchObject({ name: 'ok', waiting: 1 })
  })
  expect((await server.cli('get', 'orphans')).stdout).toMatch(/^ADDRESSABLE +NAME +WAITING/)
})

test('after a failed reload every get prints the error, until it is mended', async () => {
  await using server = await runningServer()
  await server.millrace.write('broken.yaml', 'kind: Broker\n')
  await eventually(async () => {
    const { code, stdout, stderr } = await server.cli('get', 'triggers')
    expect(stderr).toMatch(/broken\.yaml:\d+: /)
    expect(stdout).toContain('default')
    expect(code).toBe(0)
  })
  await server.millrace.write('broken.yaml', '')
  await eventually(async () => expect((await server.cli('get', 'triggers')).stderr).toBe(''))
})

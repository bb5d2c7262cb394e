import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { receiver, tempDir } from '@millrace/testkit'
import { expect, test } from 'vitest'
import { runHere } from '../recording-terminal.ts'
import { runningServer } from './running-server.ts'

test('an event of flags arrives, and its id is printed', async () => {
  await using server = await runningServer()
  const { code, stdout } = await server.cli(
    'send',
    '--type',
    'ok',
    '--subject',
    'größe',
    '--data',
    '{"a":1}',
    '--ext',
    'tier=gold',
  )
  const ok = server.sink.path('/ok')
  await ok.received(1)
  expect(stdout).toBe(`${ok.ids[0]}\n`)
  expect(code).toBe(0)
  const [request] = ok.requests
  expect(request?.headers).toMatchObject({
    'ce-type': 'ok',
    'ce-subject': 'gr%C3%B6%C3%9Fe',
    'ce-tier': 'gold',
  })
  expect(request?.body.toString()).toBe('{"a":1}')
})

test('an event of a file arrives, and one of standard input', async () => {
  await using server = await runningServer()
  await using dir = await tempDir()
  const event = JSON.stringify({ specversion: '1.0', id: 'from-file', source: '/x', type: 'ok', data: [1] })
  const file = join(dir.path, 'event.json')
  await writeFile(file, event)
  expect((await server.cli('send', '-f', file)).stdout).toBe('from-file\n')
  const env = { MILLRACE_SERVER: server.millrace.admin }
  const piped = await runHere(['send', '-f', '-', '--id', 'from-stdin'], { env, input: event })
  expect(piped.stdout).toBe('from-stdin\n')
  await server.sink.path('/ok').received(2)
})

test('an event that is refused is exit 1 with the detail of the problem', async () => {
  await using server = await runningServer()
  const { code, stdout, stderr } = await server.cli('send', '--to', '/default/elsewhere')
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
  expect(stderr).toContain('/default/elsewhere')
})

test('--to a URL needs no server', async () => {
  await using sink = await receiver()
  const { code } = await runHere(['send', '--to', sink.path('/any').url, '--id', '7'])
  expect(code).toBe(0)
  expect(sink.path('/any').requests[0]?.body.toString()).toContain('"id":"7"')
})

test('--to must be a path of two segments or a URL', async () => {
  const { code, stderr } = await runHere(['send', '--to', 'default'])
  expect(stderr).toContain('--to is "default"')
  expect(code).toBe(2)
})

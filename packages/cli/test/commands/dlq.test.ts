import { eventually } from '@millrace/testkit'
import { expect, test } from 'vitest'
import { runningServer, type RunningServer } from './running-server.ts'

interface Letter {
  readonly id: string
  readonly event: { readonly id: string }
}

async function letters(server: RunningServer, ...args: string[]): Promise<Letter[]> {
  const { stdout } = await server.cli('dlq', 'ls', '-o', 'json', ...args)
  return stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Letter)
}

async function withDeadLetters(count: number): Promise<RunningServer> {
  const server = await runningServer()
  for (let n = 0; n < count; n++) await server.emit('bad', `e${n}`)
  await eventually(async () => expect(await letters(server)).toHaveLength(count))
  return server
}

test('ls -o json is one object a line with all that the contract names', async () => {
  await using server = await withDeadLetters(1)
  expect((await letters(server))[0]).toEqual(
    expect.objectContaining({
      id: expect.any(String),
      addressable: '/default/default',
      route: 'bad',
      reason: expect.stringContaining('400'),
      code: 400,
      attempts: 1,
      firstAttempt: expect.stringMatching(/Z$/),
      lastAttempt: expect.stringMatching(/Z$/),
      event: expect.objectContaining({ specversion: '1.0', id: 'e0', type: 'bad' }),
    }),
  )
})

test('ls is a table, and chooses by trigger, type, since and limit', async () => {
  await using server = await withDeadLetters(3)
  expect((await server.cli('dlq', 'ls')).stdout).toMatch(
    /^ID +AGE +ADDRESSABLE +TRIGGER +EVENT +TYPE +CODE.*\n\d.* bad +e0 +bad +400 /,
  )
  expect(await letters(server, '--trigger', 'bad')).toHaveLength(3)
  expect(await letters(server, '--trigger', 'default/ok')).toHaveLength(0)
  expect(await letters(server, '--type', 'other')).toHaveLength(0)
  expect(await letters(server, '--since', '1h')).toHaveLength(3)
  expect(await letters(server, '--since', '2999-01-01T00:00:00Z')).toHaveLength(0)
  expect((await letters(server, '--limit', '2')).map(({ event }) => event.id)).toEqual(['e0', 'e1'])
  expect((await server.cli('dlq', 'ls', '--since', 'lately')).code).toBe(2)
})

test('show has the event with its data as it was sent, and the answer', async () => {
  await using server = await withDeadLetters(1)
  const [letter] = await letters(server)
  const { stdout } = await server.cli('dlq', 'show', letter?.id ?? '')
  expect(stdout).toContain('12345678901234567890')
  expect(stdout).toContain('no such order')
  const absent = await server.cli('dlq', 'show', '999999')
  expect(absent.stderr).toContain('999999')
  expect(absent.code).toBe(1)
})

test('redrive delivers again what was chosen, and each once', async () => {
  await using server = await withDeadLetters(3)
  server.sink.path('/bad').replyWith(200)
  const { code, stdout } = await server.cli('dlq', 'redrive', '--trigger', 'bad', '--rate', '100')
  expect(stdout).toBe('redriven 3 of 3\n')
  expect(code).toBe(0)
  await server.sink.path('/bad').received(6)
  expect(server.sink.path('/bad').ids.slice(3).toSorted()).toEqual(['e0', 'e1', 'e2'])
  expect(await letters(server)).toEqual([])
})

test('redrive of one that fails again makes a new dead letter and ends', async () => {
  await using server = await withDeadLetters(2)
  const { stdout } = await server.cli('dlq', 'redrive')
  expect(stdout).toBe('redriven 2 of 2\n')
  await eventually(async () => expect(await letters(server)).toHaveLength(2))
})

test('redrive of an id that is not there says so: exit 1', async () => {
  await using server = await runningServer()
  const { code, stdout, stderr } = await server.cli('dlq', 'redrive', '424242')
  expect(stderr).toContain('skipped 424242')
  expect({ code, stdout }).toEqual({ code: 1, stdout: 'redriven 0 of 1, skipped 1\n' })
})

test('drop takes ids or a choice, and everything only with --all', async () => {
  await using server = await withDeadLetters(3)
  expect((await server.cli('dlq', 'drop')).code).toBe(2)
  const [first] = await letters(server)
  expect((await server.cli('dlq', 'drop', first?.id ?? '')).stdout).toBe('dropped 1 of 1\n')
  expect((await server.cli('dlq', 'drop', '--all')).stdout).toBe('dropped 2 of 2\n')
  expect(await letters(server)).toEqual([])
})

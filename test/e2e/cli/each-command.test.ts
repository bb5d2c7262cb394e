import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import {
  cliInTerminal,
  eventually,
  post,
  receiver,
  runCli,
  startMillrace,
  tempDir,
  terminalMissing,
  type Millrace,
} from '@millrace/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { admin, deadLetters } from '../fixture/admin.ts'

const manifests = `apiVersion: eventing.knative.dev/v1
kind: Broker
metadata: {name: default}
---
apiVersion: eventing.knative.dev/v1
kind: Trigger
metadata: {name: orders}
spec:
  broker: default
  filter: {attributes: {type: order}}
  subscriber: {uri: "SINK"}
  delivery: {retry: 0}
---
apiVersion: eventing.knative.dev/v1
kind: Trigger
metadata: {name: queue, annotations: {millrace.dev/ordered-by: subject, millrace.dev/on-failure: park}}
spec:
  broker: default
  filter: {attributes: {type: queue}}
  subscriber: {uri: "SINK"}
  delivery: {retry: 0}
---
apiVersion: eventing.knative.dev/v1
kind: Trigger
metadata: {name: later, annotations: {millrace.dev/due-from: notbefore}}
spec:
  broker: default
  filter: {attributes: {type: later}}
  subscriber: {uri: "SINK"}
`
const noTerminal = await terminalMissing()
const cleanup = new AsyncDisposableStack()
let millrace: Millrace
let folder: string

beforeAll(async () => {
  folder = cleanup.use(await tempDir()).path
  const sink = cleanup.use(await receiver())
  sink.replyWith({ status: 400, body: 'no such order' })
  const yaml = manifests.replaceAll('SINK', sink.url)
  millrace = cleanup.use(await startMillrace({ manifests: yaml }))
  await writeFile(join(folder, 'flow.yaml'), yaml)
  await writeFile(join(folder, 'event.json'), '{"specversion":"1.0","id":"e","source":"/s","type":"order"}')
  for (const id of ['dead-1', 'dead-2', 'dead-3', 'dead-4'])
    await post(`${millrace.ingress}/default/default`, { type: 'order', id })
  for (const id of ['one', 'two', 'three', 'four'])
    await post(`${millrace.ingress}/default/default`, { type: 'queue', id, subject: 'k7' })
  await eventually(async () => (await deadLetters(millrace)).length === 4)
})
afterAll(() => cleanup.disposeAsync())

interface Row {
  /**
   * `LETTER` is a dead letter's id, `JOB` that of a job that has ended, `LONG` of one that takes a while, `LATER`
   * that of an event that waits for its time; one for each run.
   */
  readonly args: readonly string[]
  readonly shows: RegExp
  readonly code?: number
}

/** A row for each command that ends by itself. */
const rows: Readonly<Record<string, Row>> = {
  validate: { args: ['flow.yaml'], shows: /^4 resources, 0 errors, 0 warnings$/m },
  graph: { args: ['-f', 'flow.yaml', '--format', 'text'], shows: /orders/ },
  filter: { args: ["type = 'order'", '-e', 'event.json'], shows: /^match$/m },
  send: { args: ['--type', 'other', '--id', 'sent-1'], shows: /^sent-1$/m },
  event: { args: ['dead-1'], shows: /^ +orders +dead: the answer was 400$/m },
  get: { args: ['triggers'], shows: /^NAMESPACE +NAME +BROKER .*\ndefault +orders +default +True /m },
  'dlq ls': { args: ['--trigger', 'orders'], shows: /^ID +AGE .*\n\d+ .* orders +dead-\d +order +400 /m },
  'dlq show': { args: ['LETTER'], shows: /^reason: +the answer was 400$/m },
  'dlq redrive': { args: ['LETTER'], shows: /^redriven 1 of 1$/m },
  'dlq drop': { args: ['LETTER'], shows: /^dropped 1 of 1$/m },
  'orphans drop': { args: ['gone'], shows: /^no route is named gone$/m, code: 1 },
  'orphans redirect': { args: ['gone', 'orders'], shows: /^no route is named gone$/m, code: 1 },
  'jobs ls': { args: [], shows: /^ID +KIND .*\n(.*\n)*retention-\d+ +retention +done +0 /m },
  'jobs show': { args: ['JOB'], shows: /^kind: +retention\n.*\nstate: +done$/m },
  'jobs cancel': { args: ['LONG'], shows: /^cancelled redrive-\w{8}$/m },
  pause: { args: ['trigger', 'orders'], shows: /^Trigger default\/orders is paused/m },
  resume: { args: ['trigger', 'orders'], shows: /^Trigger default\/orders /m },
  'keys ls': { args: ['queue'], shows: /^TRIGGER +KEY .*\nqueue +k7 +4 .* 400 +one +the answer was 400$/m },
  'keys show': { args: ['queue', 'k7'], shows: /^queue k7: 4 waiting, .* one\n.* two\n.* three\n.* four$/ms },
  'keys release': { args: ['queue', 'k7'], shows: /^k7 goes on with its head$/m },
  'keys skip': { args: ['queue', 'k7'], shows: /^k7 goes on behind its head, which is a dead letter$/m },
  'deliveries ls': {
    args: ['--trigger', 'queue'],
    shows: /^ID +ADDRESSABLE .*\n.* queue +(parked|waiting) /m,
  },
  'deliveries cancel': { args: ['--event', 'LATER'], shows: /^cancelled 1$/m },
  'sources reset': { args: ['nobody'], shows: /^there is no source nobody/m, code: 1 },
  'store copy': { args: ['sqlite:nothing', 'sqlite:new'], shows: /there is no store in nothing$/m, code: 1 },
  bench: { args: ['--seconds', '1'], shows: /^delivered +\d+, lost 0; arrived after /m },
  version: { args: [], shows: /^millrace \d+\.\d+\.\d+$/m },
  completion: { args: ['bash'], shows: /^complete .*_millrace millrace$/m },
}

/** Those that run until they are told to end, with the file that tests them. */
const endless = { dev: 'dev.test.ts', tail: 'tail.test.ts', serve: 'each-command.test.ts' }

describe.each(Object.entries(rows))('millrace %s', (name, row) => {
  test('in a pipe: plain, and its exit code', async () => {
    const { code, stdout, stderr } = await runCli(await line(name, row), { cwd: folder, env: server() })
    expect(stdout + stderr).toMatch(row.shows)
    expect(stdout).not.toContain('\u001b')
    expect(code).toBe(row.code ?? 0)
  })

  test.skipIf(noTerminal !== undefined)('in a terminal: the same words', async () => {
    await using shown = cliInTerminal(await line(name, row), { cwd: folder, env: server() })
    expect(await shown.ended).toBe(row.code ?? 0)
    expect(stripVTControlCharacters(shown.screen).replaceAll('\r\n', '\n')).toMatch(row.shows)
  })
})

test.skipIf(noTerminal !== undefined)(
  'millrace serve in a terminal: one line, and Ctrl-C is exit 0',
  async () => {
    const flags = ['--listen', ':0', '--admin', ':0', '--store', 'memory:', '--log-level', 'warn']
    await using serve = cliInTerminal(['serve', ...flags])
    await eventually(() => expect(serve.screen).toMatch(/^ready ingress=\S+ admin=\S+\r\n$/))
    serve.type('\x03')
    expect(await serve.ended).toBe(0)
  },
)

test('every command is run here, or in a file of its own', async () => {
  const { stdout } = await runCli(['--help'])
  const [, list = ''] = /Usage:[^\n]*\n\n([^]*?)\n\n/.exec(stdout) ?? []
  const names = list.split('\n').map((one) => one.trim().replace(/ {2,}.*/, ''))
  expect(names.toSorted()).toEqual([...Object.keys(rows), ...Object.keys(endless)].toSorted())
  for (const [name, file] of Object.entries(endless))
    expect(readFileSync(new URL(file, import.meta.url), 'utf8')).toContain(`(['${name}'`)
})

async function line(name: string, { args }: Row): Promise<string[]> {
  const letters = args.includes('LETTER') ? await deadLetters(millrace) : []
  const words = {
    LETTER: letters.at(-1)?.id,
    LATER: args.includes('LATER') ? await sendLater() : undefined,
    JOB: args.includes('JOB') ? await retentionJob() : undefined,
    LONG: args.includes('LONG') ? await beginLong() : undefined,
  }
  return [...name.split(' '), ...args.map((word) => words[word as keyof typeof words] ?? word)]
}

/** → the id of an event that is not due for an hour. */
async function sendLater(): Promise<string> {
  const sent = await runCli(['send', '--type', 'later', '--at', '1h'], { cwd: folder, env: server() })
  return sent.stdout.trim()
}

/** → the id of the job that every server begins with. */
async function retentionJob(): Promise<string> {
  const { items } = await admin<{ items: { id: string; kind: string; state: string }[] }>(
    millrace,
    '/api/jobs',
  )
  return items.find(({ kind, state }) => kind === 'retention' && state === 'done')?.id ?? ''
}

/** → the id of a redrive that makes one letter a second. */
async function beginLong(): Promise<string> {
  const args = ['dlq', 'redrive', '--detach', '--rate', '1']
  return (await runCli(args, { env: server() })).stdout.trim()
}

function server() {
  return { MILLRACE_SERVER: millrace.admin }
}

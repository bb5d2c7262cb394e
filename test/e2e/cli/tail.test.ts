import { stripVTControlCharacters } from 'node:util'
import {
  cliInTerminal,
  eventually,
  exchange,
  post,
  receiver,
  runCli,
  spawnCli,
  startMillrace,
  terminalMissing,
  type Millrace,
  type Receiver,
} from '@millrace/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startCommand, type RunningCommand } from '../fixture/running-command.ts'

let sink: Receiver
let millrace: Millrace
const broker = 'apiVersion: eventing.knative.dev/v1\nkind: Broker\nmetadata: {name: default}\n'

function trigger(name: string, type: string, delivery: string): string {
  const subscriber = `{uri: "${sink.path(`/${name}`).url}"}`
  return `---
apiVersion: eventing.knative.dev/v1
kind: Trigger
metadata: {name: ${name}}
spec: {broker: default, filter: {attributes: {type: ${type}}}, subscriber: ${subscriber}, delivery: ${delivery}}
`
}

beforeAll(async () => {
  sink = await receiver()
  sink.path('/flaky').replyWith(503, 202)
  sink.path('/bad').replyWith({ status: 400, body: 'no such order' })
  const retried = '{retry: 2, backoffPolicy: linear, backoffDelay: PT0.01S}'
  millrace = await startMillrace({
    manifests: broker + trigger('flaky', 'order', retried) + trigger('bad', 'payment', '{retry: 0}'),
  })
})
afterAll(async () => {
  await millrace[Symbol.asyncDispose]()
  await sink[Symbol.asyncDispose]()
})

async function emit(type: string, id: string): Promise<void> {
  expect((await post(`${millrace.ingress}/default/default`, { type, id, subject: 's' })).status).toBe(202)
}

/** Starts `tail` and waits until it is connected. */
async function startTail(...args: string[]): Promise<RunningCommand> {
  const tail = startCommand(['tail', '--server', millrace.admin, ...args])
  await eventually(() => expect(tail.stderr).toBe(`tailing ${millrace.admin}\n`))
  return tail
}

describe('in a pipe', () => {
  test('the way of an event, line by line; SIGINT is exit 0', async () => {
    await using tail = await startTail('--why')
    await emit('order', 'o-1')
    await emit('payment', 'p-1')
    await emit('other', 'x-1')
    expect((await post(`${millrace.ingress}/default/defualt`)).status).toBe(404)
    expect((await exchange('PUT', `${millrace.ingress}/default/default`)).status).toBe(405)
    const at = String.raw`\d\d:\d\d:\d\d\.\d{3}`
    await eventually(() => {
      for (const line of [
        `${at}  o-1 +accepted  order at /default/default, matched 1 of 2 triggers: flaky`,
        `${at}  o-1 +bad +not matched: .*type = "payment" \\(the event has order\\)`,
        `${at}  o-1 +flaky +attempt 1: 503, again in \\d+ ms`,
        `${at}  o-1 +flaky +delivered in .*, with attempt 2`,
        `${at}  p-1 +bad +dead letter: the answer was 400`,
        `${at}  x-1 +accepted  other at /default/default, matched 0 of 2 triggers`,
        `${at}  x-1 +flaky +not matched: .*type = "order" \\(the event has other\\)`,
        `${at}  /default/defualt +rejected +404: .*`,
        `${at}  /default/default +rejected +405: .* takes CloudEvents by POST; "PUT" is not allowed`,
      ])
        expect(tail.stdout).toMatch(new RegExp(`^${line}$`, 'm'))
    })
    expect(tail.stdout).not.toContain('\u001b')
    expect(await tail.end('SIGINT')).toBe(0)
  })

  test('-o json is one object a line, with the fields of each step', async () => {
    await using tail = await startTail('-o', 'json', '--why')
    sink.path('/flaky').replyWith(503, 202)
    await emit('order', 'o-2')
    await emit('payment', 'p-2')
    await emit('other', 'x-2')
    await eventually(() => expect(tail.lines.length).toBeGreaterThanOrEqual(9))
    const steps = tail.lines.map((line) => JSON.parse(line) as Record<string, unknown>)
    const of = (id: string, type: string) => ({
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      addressable: '/default/default',
      event: { id, source: '/test', type, subject: 's' },
    })
    const order = of('o-2', 'order')
    const payment = of('p-2', 'payment')
    const ms = expect.any(Number)
    for (const step of [
      { ...order, step: 'accepted', matched: ['flaky'], of: 2 },
      {
        ...order,
        step: 'attempt',
        trigger: 'flaky',
        attempt: 1,
        code: 503,
        ms,
        outcome: 'retry',
        due: expect.any(String),
      },
      { ...order, step: 'attempt', trigger: 'flaky', attempt: 2, code: 202, ms, outcome: 'delivered' },
      { ...order, step: 'delivered', trigger: 'flaky', attempts: 2, ms },
      { ...payment, step: 'attempt', trigger: 'bad', attempt: 1, code: 400, ms, outcome: 'dead' },
      { ...payment, step: 'dead', trigger: 'bad', reason: 'the answer was 400', code: 400 },
      {
        ...of('x-2', 'other'),
        step: 'unmatched',
        why: expect.arrayContaining([expect.objectContaining({ trigger: 'bad', value: 'other' })]),
      },
    ])
      expect(steps).toContainEqual(expect.objectContaining(step))
    expect(await tail.end('SIGTERM')).toBe(0)
  })

  test('all filters must hold; with --trigger lines without one are left out', async () => {
    await using byTrigger = await startTail('-o', 'json', '--trigger', 'default/bad')
    await using byFilters = await startTail(
      '-o',
      'json',
      '--broker',
      'default',
      '--type',
      'payment',
      '--filter',
      "id LIKE '%-4'",
    )
    await using byId = await startTail('-o', 'json', '--id', 'p-4')
    for (const [type, id] of [
      ['payment', 'p-3'],
      ['order', 'o-4'],
      ['payment', 'p-4'],
    ] as const)
      await emit(type, id)
    await eventually(() => {
      expect(stepsOf(byTrigger)).toEqual(['attempt p-3', 'dead p-3', 'attempt p-4', 'dead p-4'])
      expect(stepsOf(byFilters)).toEqual(['accepted p-4', 'attempt p-4', 'dead p-4'])
      expect(stepsOf(byId)).toEqual(['accepted p-4', 'attempt p-4', 'dead p-4'])
    })
  })

  test('when the server comes back it connects again, and says so', async () => {
    await using tail = await startTail()
    await millrace.restart()
    await eventually(() =>
      expect(tail.stderr).toBe(
        [
          `tailing ${millrace.admin}`,
          `${millrace.admin} is gone; connecting again when it comes back`,
          `tailing ${millrace.admin} again`,
          '',
        ].join('\n'),
      ),
    )
    await emit('payment', 'p-5')
    await eventually(() => expect(tail.stdout).toMatch(/ p-5 +bad +dead letter/))
    expect(await tail.end('SIGINT')).toBe(0)
  })

  test('a reader that does not read slows nobody, and is told how much it missed', async () => {
    const tail = spawnCli(['tail', '--server', millrace.admin, '-o', 'json'])
    let said = ''
    tail.stderr?.setEncoding('utf8').on('data', (text: string) => (said += text))
    await eventually(() => expect(said).toContain('tailing'))
    const body = JSON.stringify({
      specversion: '1.0',
      id: 'big',
      source: '/test',
      type: 'other',
      subject: 'x'.repeat(400_000),
    })
    const headers = { 'content-type': 'application/cloudevents+json' }
    const events = 60
    for (let sent = 0; sent < events; sent += 1)
      expect((await exchange('POST', `${millrace.ingress}/default/default`, { headers, body })).status).toBe(
        202,
      )
    let shown = 0
    let missed = 0
    let rest = ''
    tail.stdout?.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) {
        const { step, count } = JSON.parse(line) as { step: string; count: number }
        if (step === 'missed') missed += count
        else shown += 1
      }
    })
    // of an event that matches nothing there are two lines
    await eventually(() => expect(shown + missed).toBe(2 * events))
    expect(missed).toBeGreaterThan(0)
    tail.kill('SIGKILL')
  })

  test('where no server is, it is exit 1; a filter that is none is exit 2', async () => {
    const gone = await runCli(['tail', '--server', 'http://127.0.0.1:1'])
    expect(gone.stderr).toContain('no Millrace server at http://127.0.0.1:1')
    expect(gone.code).toBe(1)
    const wrong = await runCli(['tail', '--server', millrace.admin, '--filter', 'type ='])
    expect(wrong.stderr).toContain('expected')
    expect(wrong.code).toBe(2)
  })
})

test.skipIf((await terminalMissing()) !== undefined)(
  'in a terminal it has colours, and Ctrl-C is exit 0',
  async () => {
    await using tail = cliInTerminal(['tail', '--server', millrace.admin, '--id', 'p-6'])
    await eventually(() => expect(tail.screen).toContain(`tailing ${millrace.admin}`))
    await emit('payment', 'p-6')
    await eventually(() => expect(stripVTControlCharacters(tail.screen)).toMatch(/ p-6 +bad +dead letter/))
    expect(tail.screen).toContain('\u001b[36mp-6')
    tail.type('\x03')
    expect(await tail.ended).toBe(0)
  },
)

function stepsOf({ lines }: RunningCommand): string[] {
  return lines.map((line) => {
    const { step, event } = JSON.parse(line) as { step: string; event: { id: string } }
    return `${step} ${event.id}`
  })
}

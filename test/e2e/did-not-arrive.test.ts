import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import {
  eventually,
  exchange,
  post,
  receiver,
  runCli,
  startMillrace,
  type Millrace,
  type Receiver,
  type TestEvent,
} from '@millrace/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { deadLetters, trigger as statusOf } from './fixture/admin.ts'
import { broker, trigger } from './fixture/manifests.ts'
import { startCommand } from './fixture/running-command.ts'

/** A command with what it prints, as the page shows them. */
interface Shown {
  readonly args: readonly string[]
  readonly output: string
}

const page = readFileSync(
  fileURLToPath(new URL('../../docs/guides/my-event-did-not-arrive.md', import.meta.url)),
  'utf8',
)
/** By the headings of the page. */
const causes = new Map(
  page.split(/^## /m).flatMap((section): [string, Shown][] => {
    const [heading = ''] = section.split('\n')
    const [, command = '', output = ''] = /^```console\n\$ millrace (.*)\n([^]*?)^```$/m.exec(section) ?? []
    return command === '' ? [] : [[heading, { args: command.split(' '), output }]]
  }),
)

let sink: Receiver
let millrace: Millrace
const cleanup = new AsyncDisposableStack()

beforeAll(async () => {
  sink = cleanup.use(await receiver())
  const at = (path: string) => sink.path(path).url
  sink.path('/accounting').replyWith({ status: 400, body: 'no such customer' })
  sink.path('/resize').hold()
  sink.path('/price').replyWith({ event: { id: 'price-1', type: 'com.example.price' } })
  const keep = { annotations: { 'millrace.dev/archive': 'PT24H' } }
  millrace = cleanup.use(
    await startMillrace({
      manifests: [
        broker('orders', keep),
        trigger('ship', at('/ship'), { broker: 'orders', attributes: { type: 'com.example.order.placed' } }),
        broker('mails'),
        trigger('mailer', 'http://127.0.0.1:1/', {
          broker: 'mails',
          delivery: { retry: 10, backoffPolicy: 'linear', backoffDelay: 'PT30S' },
        }),
        broker('bills'),
        trigger('accounting', at('/accounting'), { broker: 'bills' }),
        broker('photos'),
        trigger('resize', at('/resize'), { broker: 'photos', delivery: { retry: 0, timeout: 'PT0.2S' } }),
        broker('prices'),
        trigger('price', at('/price'), { broker: 'prices' }),
        broker('picks'),
        trigger('pick', { ref: { apiVersion: 'v1', kind: 'Service', name: 'picker' } }, { broker: 'picks' }),
        broker('reports'),
        trigger('print', at('/print'), { broker: 'reports' }),
      ].join(''),
    }),
  )
})
afterAll(() => cleanup.disposeAsync())

async function send(to: string, id: string, attributes: TestEvent = {}): Promise<void> {
  const event = { id, type: 'com.example.event', ...attributes }
  expect((await post(`${millrace.ingress}/default/${to}`, event)).status).toBe(202)
}

describe('one command finds why an event did not arrive', () => {
  test('Nothing takes events there', async () => {
    await using tail = startCommand(['tail', '--server', millrace.admin])
    await eventually(() => expect(tail.stderr).toContain('tailing'))
    await post(`${millrace.ingress}/default/ordres`, { id: 'order-1' })
    await eventually(() =>
      expect(steady(tail.stdout)).toBe(steady(shown('Nothing takes events there').output)),
    )
  })

  test('The producer is refused', async () => {
    await using tail = startCommand(['tail', '--server', millrace.admin])
    await eventually(() => expect(tail.stderr).toContain('tailing'))
    const headers = { 'content-type': 'application/cloudevents+json' }
    const body = JSON.stringify({ specversion: '1.0', id: 'order-1', type: 'com.example.order.placed' })
    const { status } = await exchange('POST', `${millrace.ingress}/default/orders`, { headers, body })
    expect(status).toBe(400)
    await eventually(() => expect(steady(tail.stdout)).toBe(steady(shown('The producer is refused').output)))
  })

  test('No trigger asks for it', async () => {
    await send('orders', 'order-2', { type: 'com.example.order.cancelled' })
    await expectAsShown('No trigger asks for it')
  })

  test('The subscriber is not declared', async () => {
    await send('picks', 'pick-1')
    await expectAsShown('The subscriber is not declared')
  })

  test('The subscriber is down', async () => {
    await send('mails', 'mail-1')
    await eventually(async () => expect((await statusOf(millrace, 'mailer')).lastError).toBeDefined())
    await expectAsShown('The subscriber is down')
  })

  test('The subscriber refuses it', async () => {
    await send('bills', 'bill-1')
    await expectDeadLetterOf('accounting')
    await expectAsShown('The subscriber refuses it')
  })

  test('The subscriber is too slow', async () => {
    await send('photos', 'photo-1')
    await expectDeadLetterOf('resize')
    sink.path('/resize').release()
    await expectAsShown('The subscriber is too slow')
  })

  test('It goes round in a loop', async () => {
    // three rounds are as good as 255
    await send('prices', 'price-1', { knativebrokerttl: 3 })
    await expectDeadLetterOf('price')
    await expectAsShown('It goes round in a loop')
  })

  test('The trigger is paused', async () => {
    await runCli(['pause', 'trigger', 'print', '--server', millrace.admin])
    await send('reports', 'report-1')
    await expectAsShown('The trigger is paused')
    await runCli(['resume', 'trigger', 'print', '--server', millrace.admin])
    await sink.path('/print').received(1)
  })

  test('The store is away', async () => {
    await using full = await startMillrace({
      manifests: broker('orders') + trigger('ship', sink.url, { broker: 'orders' }),
      args: ['--store-reserve', '1000000Gi'],
    })
    await using tail = startCommand(['tail', '--server', full.admin])
    await eventually(() => expect(tail.stderr).toContain('tailing'))
    expect((await post(`${full.ingress}/default/orders`, { id: 'order-3' })).status).toBe(503)
    await eventually(() => expect(steady(tail.stdout)).toBe(steady(shown('The store is away').output)))
  })
})

test('the page has the ten causes, each with one command', () => {
  expect([...causes.keys()]).toEqual([
    'Nothing takes events there',
    'The producer is refused',
    'No trigger asks for it',
    'The subscriber is not declared',
    'The subscriber is down',
    'The subscriber refuses it',
    'The subscriber is too slow',
    'It goes round in a loop',
    'The trigger is paused',
    'The store is away',
  ])
})

function shown(cause: string): Shown {
  const found = causes.get(cause)
  if (found === undefined) throw new Error(`the page has no section "${cause}" with a command`)
  return found
}

async function expectAsShown(cause: string): Promise<void> {
  const { args, output } = shown(cause)
  const { code, stdout, stderr } = await runCli([...args, '--server', millrace.admin])
  expect(steady(stdout)).toBe(steady(output))
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
}

async function expectDeadLetterOf(route: string): Promise<void> {
  await eventually(async () => (await deadLetters(millrace)).some((letter) => letter.route === route))
}

/** Without what differs from run to run, and in a container. */
function steady(text: string): string {
  return text
    .replaceAll(/ \(\S+ is this container[^)]*\)/g, '')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
    .replaceAll(/^\d\d:\d\d:\d\d\.\d{3}/gm, 'CLOCK')
    .replaceAll(/(\d+[dhms])+ ago/g, 'AGE ago')
    .replaceAll(/\b\d+(\.\d+)? (ms|s)\b/g, 'SPAN')
    .replace(/\d+ bytes are free on the disk of \S+, the reserve is \d+/, 'TOO LITTLE')
}

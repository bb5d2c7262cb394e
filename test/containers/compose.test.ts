import { eventually } from '@millrace/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Producers } from '../e2e/fixture/producing.ts'
import { composeUp, type Composed } from './compose.ts'

let composed: Composed

beforeAll(async () => {
  composed = await composeUp()
}, 900_000)

afterAll(() => composed?.[Symbol.asyncDispose](), 120_000)

test('the file is clean', async () => {
  const profiles = ['kafka', 'pubsub', 'monitoring'].flatMap((name) => ['--profile', name])
  const { stderr } = await composed.compose(...profiles, 'config', '--quiet')
  expect(stderr).toBe('')
})

describe('within a minute the logs tell the story', () => {
  /** The lines that a newcomer sees, by service, until the first gold order has become a dead letter. */
  const story: Readonly<Record<string, readonly (string | RegExp)[]>> = {
    producer: ['order-1 was taken', 'order-5 was taken, a gold one'],
    print: [
      'com.example.order.placed order-1 {"number":1,"total":10}',
      'com.example.invoice.issued invoice-1 {"number":1,"total":10}',
      /^dev\.knative\.sources\.ping [-0-9a-f]{36} {"task": "sweep"}$/,
    ],
    reply: ['order-1 is answered with invoice-1'],
    books: ['com.example.invoice.issued invoice-1 {"number":1,"total":10}'],
    mail: ['com.example.invoice.issued invoice-1 {"number":1,"total":10}'],
    flaky: [1, 2, 3].map((n) => `order-1, attempt ${n}, is answered with ${n < 3 ? 503 : 200}`),
    failing: ['order-5 is answered with 500', 'order-5 is answered with 400'],
    'dead-letters': [
      'com.example.order.placed order-5 {"number":5,"total":50}, a dead letter: http://failing:8080/refuse answered 400',
    ],
  }

  test.each(Object.entries(story))('%s', { timeout: 90_000 }, async (service, expected) => {
    await eventually(
      async () => {
        const lines = await composed.lines(service)
        for (const line of expected)
          expect(lines).toContainEqual(typeof line === 'string' ? line : expect.stringMatching(line))
      },
      { timeoutMs: 60_000 },
    )
  })

  test('what failed for good is listed, by either replica', async () => {
    for (const replica of ['millrace-1', 'millrace-2'])
      await eventually(async () => {
        const letters = await composed.exec(
          replica,
          'millrace',
          'dlq',
          'ls',
          '--trigger',
          'failing',
          '-o',
          'json',
        )
        expect(letters).toContain('"id":"order-5"')
      })
  })

  test('each step of an event is known to either replica, and its metrics to the others of the network', async () => {
    const journey = await composed.exec('millrace-2', 'millrace', 'event', 'order-1', '-o', 'json')
    const { deliveries } = JSON.parse(journey) as { deliveries: { trigger: string; state: string }[] }
    expect(new Set(deliveries.map(({ trigger, state }) => `${trigger} ${state}`))).toEqual(
      new Set(['print delivered', 'reply delivered', 'flaky delivered']),
    )
    const read =
      "import urllib.request as u; print(u.urlopen('http://millrace-1:8081/metrics').read().decode())"
    expect(await composed.exec('print', 'python3', '-c', read)).toContain('millrace_events_accepted_total{')
  })

  test('a signed delivery of GitHub arrives', async () => {
    expect(await composed.exec('producer', 'node', 'deliver.ts', 'push')).toBe('202 \n')
    await eventually(async () =>
      expect(await composed.lines('print')).toContainEqual(
        expect.stringMatching(/^dev\.knative\.source\.github\.push /),
      ),
    )
  })
})

test(
  'nothing is lost when a replica is killed, and Redis is killed and comes back',
  { timeout: 300_000 },
  async () => {
    const type = 'com.example.order.placed'
    const producers = new Producers(
      () => `${composed.url}/default/default`,
      (n) => ({ id: `order-t${n}`, type, data: { n } }),
    )
    const patience = { timeoutMs: 60_000 }
    await producers.accept(100, patience)
    await composed.compose('kill', 'millrace-1')
    await producers.accept(100, patience)
    await composed.compose('start', 'millrace-1')
    await producers.accept(100, patience)
    await composed.compose('kill', 'redis')
    const { refused } = producers
    await eventually(() => producers.refused > refused, patience)
    await composed.compose('start', 'redis')
    await producers.accept(100, patience)
    await composed.compose('kill', 'millrace-2')
    await producers.accept(100, patience)
    await composed.compose('start', 'millrace-2')
    await producers.stop()

    const invoices = new Set([...producers.accepted].map((id) => id.replace('order', 'invoice')))
    const due = { print: producers.accepted, flaky: producers.accepted, books: invoices, mail: invoices }
    let duplicates = 0
    for (const [service, ids] of Object.entries(due)) {
      // what a dead process held is taken over within 15 s
      const got = await eventually(async () => {
        const counts = await takenBy(service)
        expect([...ids].filter((id) => !counts.has(id))).toEqual([])
        return counts
      }, patience)
      for (const id of ids) duplicates += got.get(id)! - 1
    }
    const { accepted } = producers
    process.stdout.write(
      `compose: 3 kills, ${accepted.size} accepted, ${producers.refused} refused, ${accepted.size * 4} deliveries due, lost 0, duplicates ${duplicates}\n`,
    )
  },
)

test('a replica with 0 when it is told to', { timeout: 60_000 }, async () => {
  await composed.compose('stop', '--timeout', '10', 'millrace-1', 'millrace-2')
  for (const replica of ['millrace-1', 'millrace-2']) expect(await composed.exitCode(replica)).toBe(0)
})

/** How often a service has taken each event. */
async function takenBy(service: string): Promise<Map<string, number>> {
  const counts = new Map<string, number>()
  for (const line of await composed.lines(service)) {
    const id = /\b(?:order|invoice)-t\d+\b/.exec(line)?.[0]
    if (id !== undefined && !line.endsWith(' with 503')) counts.set(id, (counts.get(id) ?? 0) + 1)
  }
  return counts
}

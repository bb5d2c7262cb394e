import { eventually, receiver } from '@millrace/testkit'
import type { SinkDestination } from '@millrace/core'
import { describe, expect, test } from 'vitest'
import type { DeliveryAttempted } from '../../src/observability/channels.ts'
import type { SinkResult, SinkSend, SinkSends } from '../../src/sink-sends.ts'
import { route, startMill, topology, type RouteParts } from './flow-fixture.ts'

const destination: SinkDestination = { kind: 'sink', path: '/default/k', address: 'kafka://k:9092/orders' }
const sent: SinkResult = { kind: 'sent' }

/** A sink in memory: keeps what is sent, and answers by the script, then `sent`; held, it answers nothing. */
class MemorySinks implements SinkSends {
  readonly sends: SinkSend[] = []
  readonly #script: SinkResult[]
  readonly #held = new Set<(result: SinkResult) => void>()
  readonly #holds: boolean

  constructor(script: readonly SinkResult[] = [], holds = false) {
    this.#script = [...script]
    this.#holds = holds
  }

  get ids(): string[] {
    return this.sends.map(({ event }) => String(event.attributes['id']))
  }

  get pending(): number {
    return this.#held.size
  }

  send(send: SinkSend, done: (result: SinkResult) => void): void {
    this.sends.push(send)
    if (this.#holds) this.#held.add(done)
    else setImmediate(done, this.#script.shift() ?? sent)
  }

  answerAll(result: SinkResult): void {
    for (const done of this.#held) done(result)
    this.#held.clear()
  }

  abort(): void {
    this.answerAll({ kind: 'aborted' })
  }
}

function failed(failure: 'timeout' | 'connection' | 'unready' | 'refused', error: string): SinkResult {
  return { kind: 'failed', failure, error }
}

function toSink(parts: Partial<RouteParts> = {}) {
  return topology([route({ name: 'a', destination, ...parts })])
}

/** Ends when no delivery is left; → what was said of the attempts. */
async function attemptsOf(mill: Awaited<ReturnType<typeof startMill>>, count: number) {
  const said: DeliveryAttempted[] = []
  const end = mill.channels.deliveryAttempted.subscribe((message) => said.push(message))
  await mill.post(count)
  await eventually(async () => (await mill.unsettled()) === 0)
  end()
  return said.map(({ outcome, code, failure, error, destination: to }) => ({
    outcome,
    code,
    failure,
    error,
    to,
  }))
}

describe('a route to a sink that is no HTTP', () => {
  test('is done when the sink has acknowledged, and says where it led', async () => {
    const sinks = new MemorySinks()
    await using mill = await startMill(toSink(), { sinks })
    expect(await attemptsOf(mill, 1)).toEqual([
      {
        outcome: 'delivered',
        code: undefined,
        failure: undefined,
        error: undefined,
        to: destination.address,
      },
    ])
    expect(sinks.sends[0]).toMatchObject({ sink: '/default/k', headers: [], timeoutMs: 5_000 })
    expect(sinks.sends[0]?.event.attributes).toMatchObject({ id: 'e1', type: 'a' })
  })

  test.each(['connection', 'timeout'] as const)('retries after %s, by its own policy', async (failure) => {
    const down = failed(failure, 'it is away')
    const sinks = new MemorySinks([down, down])
    await using mill = await startMill(toSink(), { sinks })
    const said = await attemptsOf(mill, 1)
    expect(said.map((each) => [each.outcome, each.failure])).toEqual([
      ['retry', failure],
      ['retry', failure],
      ['delivered', undefined],
    ])
    expect(await mill.storage.deadLetters.list({ limit: 9 })).toEqual([])
  })

  test('what is spent of its retries is a dead letter with the address and the reason', async () => {
    await using letters = await receiver()
    const down = failed('connection', 'it is away')
    const sinks = new MemorySinks([down, down])
    const id = '/default/b|Trigger|default/a|deadletter'
    const main = route({
      name: 'a',
      destination,
      policy: { retry: 1 },
      deadLetter: { kind: 'route', route: id },
    })
    const letter = route({ name: 'a', role: 'deadletter', destination: { kind: 'url', url: letters.url } })
    await using mill = await startMill(topology([main, letter]), { sinks })
    await mill.post(1)
    await eventually(() => expect(letters.requests).toHaveLength(1))
    expect(letters.requests[0]?.headers).toMatchObject({
      'ce-id': 'e1',
      'ce-knativeerrordest': 'kafka://k:9092/orders',
      'ce-knativeerrorcode': '500',
      'ce-knativeerrordata': Buffer.from('dispatch error: it is away').toString('base64'),
    })
  })

  test('what the sink refuses is a dead letter at once', async () => {
    const sinks = new MemorySinks([failed('refused', 'it is too large')])
    await using mill = await startMill(toSink(), { sinks })
    expect((await attemptsOf(mill, 1)).map((each) => [each.outcome, each.failure])).toEqual([
      ['dead', 'refused'],
    ])
    const [letter] = await mill.storage.deadLetters.list({ limit: 9 })
    expect(letter?.details).toMatchObject({
      reason: 'dispatch error: it is too large',
      attempts: 1,
      destination: 'kafka://k:9092/orders',
    })
  })

  test('waits for a sink that is not ready: no retry is spent, one at a time asks', async () => {
    const sinks = new MemorySinks([failed('unready', 'the topic is not there')])
    await using mill = await startMill(toSink({ policy: { retry: 0 }, inFlight: 1 }), { sinks })
    await mill.post(5)
    await eventually(() =>
      expect(mill.delivery.routeState('/default/b|Trigger|default/a|subscriber').lastError?.reason).toBe(
        'dispatch error: the topic is not there',
      ),
    )
    expect(sinks.sends).toHaveLength(1)
    await eventually(async () => (await mill.unsettled()) === 0)
    expect(sinks.ids.slice(1).toSorted()).toEqual(['e1', 'e2', 'e3', 'e4', 'e5'])
    expect(await mill.storage.deadLetters.list({ limit: 9 })).toEqual([])
  })

  test('keeps to its in-flight and to the cap of all', async () => {
    const sinks = new MemorySinks([], true)
    const two = ['a', 'c'].map((name) => route({ name, destination, inFlight: 3 }))
    await using mill = await startMill(topology(two), { sinks, maxInFlight: 4 })
    await mill.post(10)
    await eventually(() => expect(sinks.pending).toBe(4))
    await eventually(async () => {
      sinks.answerAll(sent)
      return (await mill.unsettled()) === 0
    })
    expect(sinks.sends).toHaveLength(20)
  })

  test('of one key one is out at a time', async () => {
    const sinks = new MemorySinks([], true)
    await using mill = await startMill(toSink({ flow: { orderedBy: ['partitionkey'] } }), { sinks })
    for (const partitionkey of ['x', 'x', 'y']) await mill.post(1, 'a', '/default/b', { partitionkey })
    await eventually(() => expect(sinks.pending).toBe(2))
    expect(sinks.ids.toSorted()).toEqual(['e1', 'e3'])
    sinks.answerAll(sent)
    await eventually(() => expect(sinks.ids).toContain('e2'))
    sinks.answerAll(sent)
    await eventually(async () => (await mill.unsettled()) === 0)
  })

  test('what is under way when the server stops is given back, and is no attempt', async () => {
    const sinks = new MemorySinks([], true)
    await using mill = await startMill(toSink(), { sinks })
    await mill.post(1)
    await eventually(() => expect(sinks.pending).toBe(1))
    await mill.delivery.stop(10)
    expect(sinks.pending).toBe(0)
    const [waiting] = await mill.storage.stats()
    expect(waiting).toMatchObject({ unsettled: 1 })
  })

  test('its circuit opens when it is away, and not for what it refuses', async () => {
    const flow = { circuit: { failures: 2, probeMs: 60_000 } }
    const away = new MemorySinks([failed('connection', 'away'), failed('connection', 'away')])
    await using first = await startMill(toSink({ flow, inFlight: 1 }), { sinks: away })
    await first.post(3)
    await eventually(() => expect(first.delivery.circuits()[0]?.isOpen).toBe(true))
    const picky = new MemorySinks([failed('refused', 'no'), failed('refused', 'no'), failed('refused', 'no')])
    await using second = await startMill(toSink({ flow, inFlight: 1 }), { sinks: picky })
    await second.post(4)
    await eventually(async () => (await second.unsettled()) === 0)
    expect(second.delivery.circuits()[0]?.opened).toBe(0)
  })
})

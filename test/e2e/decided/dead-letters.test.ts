import { eventually, receiver, runCli, startMillrace, type Receiver } from '@millrace/testkit'
import { describe, expect, test } from 'vitest'
import { deadLetters, settled } from '../fixture/admin.ts'
import { broker, retries, trigger } from '../fixture/manifests.ts'
import { acceptAll, brokerUrl } from '../fixture/producing.ts'

/** A delivery whose dead letters go to `/dead` of the sink. */
function toSink(sink: Receiver, delivery: object): object {
  return { ...delivery, deadLetterSink: { uri: sink.path('/dead').url } }
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64')
}

describe('the extensions of a dead letter', () => {
  const at = 'knativeerrordata'

  test('name the subscriber, the last code and the last answer; the event itself is unchanged', async () => {
    await using sink = await receiver()
    sink.path('/a').replyWith({ status: 503, body: 'first' }, { status: 422, body: 'no amount' })
    await using millrace = await startMillrace({
      manifests: broker() + trigger('a', sink.path('/a').url, { delivery: toSink(sink, retries(3)) }),
    })
    await acceptAll(brokerUrl(millrace), [
      { id: 'e1', type: 't', tenant: 'blue', data: '{"n":12345678901234567890}' },
    ])
    await sink.path('/dead').received(1)
    await settled(millrace)
    const [dead] = sink.path('/dead').requests
    expect(dead?.headers).toMatchObject({
      'ce-id': 'e1',
      'ce-type': 't',
      'ce-source': '/test',
      'ce-tenant': 'blue',
      'ce-knativeerrordest': sink.path('/a').url,
      'ce-knativeerrorcode': '422',
      [`ce-${at}`]: base64('no amount'),
      'kn-namespace': 'default',
    })
    // answers of a dead-letter sink are no replies
    expect(dead?.headers).not.toHaveProperty('prefer')
    expect(dead?.body.toString()).toBe('{"n":12345678901234567890}')
    expect(sink.path('/a').count).toBe(2)
    expect(await deadLetters(millrace)).toEqual([])
  })

  test('hold at most 768 bytes of the answer, and none of an empty one', async () => {
    await using sink = await receiver()
    sink.path('/long').replyWith({ status: 400, body: 'é'.repeat(500) })
    sink.path('/empty').replyWith(400)
    await using millrace = await startMillrace({
      manifests:
        broker() +
        ['long', 'empty']
          .map((type) =>
            trigger(type, sink.path(`/${type}`).url, {
              attributes: { type },
              delivery: toSink(sink, retries(0)),
            }),
          )
          .join(''),
    })
    await acceptAll(brokerUrl(millrace), [{ type: 'long' }, { type: 'empty' }])
    await sink.path('/dead').received(2)
    const byType = new Map(sink.path('/dead').requests.map(({ headers }) => [headers['ce-type'], headers]))
    const whole = Buffer.from('é'.repeat(500))
    expect(byType.get('long')).toMatchObject({ [`ce-${at}`]: whole.subarray(0, 768).toString('base64') })
    expect(byType.get('empty')).not.toHaveProperty(`ce-${at}`)
    expect(byType.get('empty')).toMatchObject({ 'ce-knativeerrorcode': '400' })
  })

  test('say 500 and why there was no answer at all', async () => {
    await using sink = await receiver()
    await using down = await receiver()
    await down.stop()
    await using millrace = await startMillrace({
      manifests: broker() + trigger('a', down.url, { delivery: toSink(sink, retries(1)) }),
    })
    await acceptAll(brokerUrl(millrace), [{}])
    await sink.path('/dead').received(1)
    const headers = sink.path('/dead').requests[0]?.headers
    expect(headers).toMatchObject({ 'ce-knativeerrordest': down.url, 'ce-knativeerrorcode': '500' })
    const reason = Buffer.from(String(headers?.[`ce-${at}`]), 'base64').toString()
    expect(reason).toMatch(/^dispatch error: .*ECONNREFUSED/)
  })

  test('are the latest failure’s where an event becomes a dead letter twice', async () => {
    await using sink = await receiver()
    sink.path('/a').replyWith({ status: 400, body: 'first' })
    sink.path('/b').replyWith(410)
    const second = { ref: { apiVersion: 'eventing.knative.dev/v1', kind: 'Broker', name: 'second' } }
    await using millrace = await startMillrace({
      manifests:
        broker() +
        broker('second') +
        trigger('a', sink.path('/a').url, { delivery: { ...retries(0), deadLetterSink: second } }) +
        trigger('b', sink.path('/b').url, { broker: 'second', delivery: toSink(sink, retries(0)) }),
    })
    await acceptAll(brokerUrl(millrace), [{ id: 'e1' }])
    await sink.path('/dead').received(1)
    const headers = sink.path('/dead').requests[0]?.headers
    expect(headers).toMatchObject({
      'ce-id': 'e1',
      'ce-knativeerrordest': sink.path('/b').url,
      'ce-knativeerrorcode': '410',
    })
    expect(headers).not.toHaveProperty(`ce-${at}`)
  })
})

describe('a dead-letter sink', () => {
  test('is tried with the same retries; what it does not take rests in the store with both failures', async () => {
    await using sink = await receiver()
    sink.path('/a').replyWith({ status: 500, body: 'broken' })
    sink.path('/dead').replyWith(503)
    await using millrace = await startMillrace({
      manifests: broker() + trigger('a', sink.path('/a').url, { delivery: toSink(sink, retries(2)) }),
    })
    await acceptAll(brokerUrl(millrace), [{ id: 'e1' }])
    await eventually(async () => expect(await deadLetters(millrace)).toHaveLength(1))
    await settled(millrace)
    expect(sink.path('/a').count).toBe(3)
    expect(sink.path('/dead').count).toBe(3)
    const [letter] = await deadLetters(millrace)
    expect(letter).toMatchObject({
      route: 'a',
      code: 500,
      attempts: 3,
      destination: sink.path('/a').url,
      body: base64('broken'),
      more: { deadLetterSink: { code: 503, attempts: 3, destination: sink.path('/dead').url } },
    })
    for (const name of ['knativeerrordest', 'knativeerrorcode', 'knativeerrordata'])
      expect(letter?.event).not.toHaveProperty(name)

    // a redrive goes to the subscriber, which has failed first
    sink.path('/a').replyWith(200)
    await runCli(['dlq', 'redrive', '--server', millrace.admin])
    await sink.path('/a').received(4)
    await settled(millrace)
    expect(sink.path('/dead').count).toBe(3)
  })

  test('that is a broker spends a hop: a loop of dead letters ends, and the last one rests', async () => {
    await using sink = await receiver()
    sink.replyWith(400)
    const itself = { ref: { apiVersion: 'eventing.knative.dev/v1', kind: 'Broker', name: 'default' } }
    await using millrace = await startMillrace({
      manifests: broker() + trigger('a', sink.url, { delivery: { ...retries(0), deadLetterSink: itself } }),
    })
    await acceptAll(brokerUrl(millrace), [{ id: 'e1', knativebrokerttl: 5 }])
    await eventually(async () => expect(await deadLetters(millrace)).toHaveLength(1))
    await settled(millrace)
    expect(sink.count).toBe(4)
    expect((await deadLetters(millrace))[0]?.more?.deadLetterSink?.reason).toContain('knativebrokerttl')
  })
})

describe('whose delivery holds', () => {
  test('a trigger’s replaces the broker’s whole, except for the dead-letter sink that it does not name', async () => {
    await using sink = await receiver()
    sink.replyWith(503)
    sink.path('/dead').replyWith(200)
    sink.path('/own').replyWith(200)
    await using millrace = await startMillrace({
      manifests: [
        broker('default', { delivery: toSink(sink, retries(4)) }),
        trigger('inherits', sink.path('/inherits').url),
        // no retry of its own means none, although the broker has four
        trigger('replaces', sink.path('/replaces').url, { delivery: { backoffDelay: 'PT0.01S' } }),
        trigger('names', sink.path('/names').url, {
          delivery: { ...retries(1), deadLetterSink: { uri: sink.path('/own').url } },
        }),
      ].join(''),
    })
    await acceptAll(brokerUrl(millrace), [{ id: 'e1' }])
    await sink.path('/dead').received(2)
    await sink.path('/own').received(1)
    await settled(millrace)
    expect(sink.path('/inherits').count).toBe(5)
    expect(sink.path('/replaces').count).toBe(1)
    expect(sink.path('/names').count).toBe(2)
    const dests = sink.path('/dead').requests.map(({ headers }) => headers['ce-knativeerrordest'])
    expect(new Set(dests)).toEqual(new Set([sink.path('/inherits').url, sink.path('/replaces').url]))
  })

  test('validate warns of a delivery without retry, and the exit stays 0', async () => {
    const manifest = broker() + trigger('t', 'http://127.0.0.1:9/', { delivery: { backoffDelay: 'PT1S' } })
    const { code, stdout, stderr } = await runCli(['validate', '-f', '-'], { input: manifest })
    expect(code).toBe(0)
    expect(stdout + stderr).toMatch(/^warning .*t: spec\.delivery: has no retry/m)
  })
})

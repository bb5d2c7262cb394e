import { eventually, exchange, post, runCli } from '@millrace/testkit'
import { describe, expect, test } from 'vitest'
import { deadLetters } from '../fixture/admin.ts'
import { channel, parallel, sequence, subscription, toResource } from '../fixture/flows.ts'
import { broker, retries, trigger } from '../fixture/manifests.ts'
import { oneServer } from '../fixture/one-server.ts'

describe('channels, subscriptions and flows', () => {
  const shared = oneServer((url) =>
    [
      channel('orders'),
      subscription('plain', 'orders', { subscriber: url('/plain') }),
      subscription('replying', 'orders', {
        subscriber: url('/answering'),
        reply: toResource('Channel', 'answers'),
      }),
      channel('answers'),
      subscription('answers', 'answers', { subscriber: url('/answers') }),
      subscription('forward', 'answers', { reply: toResource('Broker', 'default') }),
      broker(),
      trigger('all', url('/broker')),

      channel('failing'),
      subscription('to-url', 'failing', {
        subscriber: url('/once'),
        reply: url('/gone'),
        delivery: retries(2),
      }),

      sequence('two', [{ to: url('/first') }, { to: url('/second') }], toResource('Sequence', 'last')),
      sequence('last', [{ to: url('/third') }]),
      sequence('stops', [{ to: url('/silent') }, { to: url('/never') }]),
      sequence('lettered', [
        { to: url('/bad'), delivery: { ...retries(0), deadLetterSink: { uri: url('/dead') } } },
      ]),
      parallel(
        'split',
        [
          { filter: url('/pass'), subscriber: url('/left'), reply: url('/left-done') },
          { filter: url('/block'), subscriber: url('/blocked') },
          { subscriber: url('/right') },
        ],
        url('/done'),
      ),
    ].join(''),
  )
  const send = (name: string, event: object = {}) =>
    post(`${shared.millrace.ingress}/default/${name}`, { id: name, ...event })
  const idsAt = (path: string) => shared.sink.path(path).ids

  test('an event goes to every subscription; a reply to the further channel, and forwarded to a broker', async () => {
    shared.sink.path('/answering').replyWith({ event: { id: 'answer', type: 'answered' } })
    expect((await send('orders')).status).toBe(202)
    await shared.sink.path('/broker').received(1)
    await shared.sink.path('/answers').received(1)
    await shared.sink.path('/plain').received(1)
    expect([idsAt('/plain'), idsAt('/answering'), idsAt('/answers'), idsAt('/broker')]).toEqual([
      ['orders'],
      ['orders'],
      ['answer'],
      ['answer'],
    ])
  })

  test('a channel is reached by its host at /', async () => {
    const { ingress } = shared.millrace
    const host = 'answers-kn-channel.default.svc.cluster.local'
    const taken = await post(`${ingress}/`, { id: 'by-host' }, { headers: { host } })
    expect(taken.status).toBe(202)
    await eventually(() => expect(idsAt('/answers')).toContain('by-host'))
    expect(
      (await post(`${ingress}/`, {}, { headers: { host: 'nobody-kn-channel.default.svc' } })).status,
    ).toBe(404)
  })

  test('a reply to a URL that fails for good dead-letters the original; redriven, the reply is sent again', async () => {
    const { sink, millrace } = shared
    sink.path('/once').replyWith({ event: { id: 'the-reply', type: 'reply', data: { n: 1 } } })
    sink.path('/gone').replyWith(503)
    await send('failing')
    const [letter] = await eventually(async () => {
      const letters = await deadLetters(millrace)
      expect(letters).toHaveLength(1)
      return letters
    })
    expect(letter).toMatchObject({
      route: 'to-url',
      attempts: 3,
      code: 503,
      destination: sink.path('/gone').url,
      event: { id: 'failing' },
      reply: { id: 'the-reply', type: 'reply', data: { n: 1 } },
    })
    expect(sink.path('/once').count).toBe(1)

    sink.path('/gone').replyWith(200)
    const { status } = await exchange('POST', `${millrace.admin}/api/deadletters/redrive`, {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ids: [letter?.id] }),
    })
    expect(status).toBe(200)
    await sink.path('/gone').received(4)
    expect(idsAt('/gone').at(-1)).toBe('the-reply')
    expect(sink.path('/once').count).toBe(1)
    expect(await deadLetters(millrace)).toEqual([])
  })

  test('a sequence goes through its steps and on to a sequence', async () => {
    shared.sink.path('/first').replyWith({ event: { id: 'one', type: 'first' } })
    shared.sink.path('/second').replyWith({ event: { id: 'two', type: 'second' } })
    await send('two')
    await shared.sink.path('/third').received(1)
    expect([idsAt('/first'), idsAt('/second'), idsAt('/third')]).toEqual([['two'], ['one'], ['two']])
  })

  test('a step that answers without an event ends the sequence for that event', async () => {
    await send('stops')
    await shared.sink.path('/silent').received(1)
    await eventually(async () => {
      const { text } = await exchange(
        'GET',
        `${shared.millrace.admin}/api/resources?kind=sequence&name=stops`,
      )
      expect(JSON.parse(text)).toMatchObject({ items: [{ status: { waiting: 0 } }] })
    })
    expect(shared.sink.path('/never').count).toBe(0)
  })

  test('a step that fails for good goes to its own dead-letter sink', async () => {
    shared.sink.path('/bad').replyWith(400)
    await send('lettered')
    await shared.sink.path('/dead').received(1)
    expect(shared.sink.path('/dead').requests[0]?.headers).toMatchObject({
      'ce-id': 'lettered',
      'ce-knativeerrordest': shared.sink.path('/bad').url,
      'ce-knativeerrorcode': '400',
    })
  })

  test("nobody can send to a flow's inner parts", async () => {
    const { ingress } = shared.millrace
    for (const path of ['/default/two/steps/1', '/default/split/branches/0'])
      expect((await post(ingress + path, {})).status).toBe(404)
  })

  test('a parallel: what a filter answers with goes on, own and common replies, a blocked branch', async () => {
    const { sink } = shared
    sink.path('/pass').replyWith({ event: { id: 'passed', type: 'passed' } })
    sink.path('/left').replyWith({ event: { id: 'from-left', type: 'x' } })
    sink.path('/right').replyWith({ event: { id: 'from-right', type: 'x' } })
    await send('split')
    await sink.path('/left-done').received(1)
    await sink.path('/done').received(1)
    await sink.path('/block').received(1)
    expect([idsAt('/left'), idsAt('/right'), idsAt('/left-done'), idsAt('/done')]).toEqual([
      ['passed'],
      ['split'],
      ['from-left'],
      ['from-right'],
    ])
    expect(sink.path('/blocked').count).toBe(0)
  })

  test.each([
    [
      'channels',
      /^NAMESPACE +NAME +READY +URL +WAITING/,
      /^default +orders +True +http\S+\/default\/orders +0/m,
    ],
    [
      'subscriptions',
      /^NAMESPACE +NAME +CHANNEL +READY/,
      /^default +replying +orders +True .* http\S+\/answering +http\S+\/default\/answers/m,
    ],
    ['sequences', /^NAMESPACE +NAME +READY/, /^default +two +True +http\S+\/default\/two +\d/m],
    ['parallels', /^NAMESPACE +NAME +READY/, /^default +split +True +http\S+\/default\/split +\d/m],
  ])('millrace get %s', async (kind, head, row) => {
    const { code, stdout } = await runCli(['get', kind, '--server', shared.millrace.admin])
    expect(code).toBe(0)
    expect(stdout).toMatch(head)
    expect(stdout).toMatch(row)
  })
})

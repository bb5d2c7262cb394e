import { post, receiver, startMillrace } from '@millrace/testkit'
import { expect, test } from 'vitest'
import { deadLetters, settled } from '../fixture/admin.ts'
import { broker, trigger } from '../fixture/manifests.ts'
import { brokerUrl } from '../fixture/producing.ts'
import { isWell, othersAreServed } from './bystander.ts'
import { drips, HostileSubscriber, pours, says, saysLast, type Behaviour } from './hostile-subscriber.ts'

/** Only these wait for their timeout. */
const timeout = /^dispatch error: timeout/
const event = 'ce-specversion: 1.0\r\nce-id: r\r\nce-source: /r\r\nce-type: reply\r\n'
const chunked = 'Transfer-Encoding: chunked\r\n'
const large = `4000\r\n${'x'.repeat(16_384)}\r\n`
/** Events that each of them gets. */
const each = 4
const small = '1\r\nx\r\n'.repeat(5_000)
/** These end their connection without a byte of an answer. */
const silent: ReadonlySet<string> = new Set(['no-answer', 'reset'])

/** What each does, and the reason of the dead letter; none where the event counts as delivered. */
const cases: Readonly<Record<string, readonly [behaviour: Behaviour, reason: RegExp | undefined]>> = {
  garbage: [says('this is not HTTP\r\n\r\n'), /^dispatch error: /],
  'no-answer': [saysLast(''), /^dispatch error: /],
  'half-a-head': [saysLast('HTTP/1.1 200 OK\r\nContent-'), /^dispatch error: /],
  'half-a-body': [saysLast('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nx'), /^dispatch error: /],
  reset: [(socket) => socket.resetAndDestroy(), /^dispatch error: /],
  'status-line': [pours('HTTP/1.1 200 ', 'x'.repeat(16_384)), timeout],
  headers: [pours('HTTP/1.1 200 OK\r\n', 'x: y\r\n'.repeat(1_000)), /^dispatch error: /],
  informational: [
    pours('', 'HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(500)),
    /^dispatch error: more than 32 interim answers/,
  ],
  'two-lengths': [
    says('HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx'),
    /^dispatch error: /,
  ],
  'length-and-chunks': [
    says(`HTTP/1.1 200 OK\r\nContent-Length: 1\r\n${chunked}\r\n0\r\n\r\n`),
    /^dispatch error: /,
  ],
  'wrong-chunk': [says(`HTTP/1.1 200 OK\r\n${chunked}\r\nzz\r\n`), /^dispatch error: /],
  switching: [
    says('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n'),
    /^dispatch error: /,
  ],
  'slow-head': [drips('HTTP/1.1 200 OK\r\nx: '), timeout],
  'slow-body': [drips('HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n'), timeout],
  'chunk-extension': [pours(`HTTP/1.1 200 OK\r\n${chunked}\r\n2;`, 'x'.repeat(16_384)), timeout],
  'endless-error': [pours(`HTTP/1.1 400 Bad\r\n${chunked}\r\n`, large), /^the answer was 400$/],
  'endless-text': [pours(`HTTP/1.1 200 OK\r\n${chunked}\r\n`, large), undefined],
  'endless-bytes': [pours(`HTTP/1.1 200 OK\r\n${chunked}\r\n`, small), undefined],
  'endless-reply': [
    pours(`HTTP/1.1 200 OK\r\n${event}${chunked}\r\n`, large),
    /^the reply is larger than 1048576 bytes$/,
  ],
  'endless-reply-bytes': [
    pours(`HTTP/1.1 200 OK\r\n${event}${chunked}\r\n`, small),
    /^the reply is larger than/,
  ],
  'two-answers': [says('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'.repeat(2)), undefined],
  'http-1.0': [saysLast('HTTP/1.0 200 OK\r\n\r\nthanks'), undefined],
  'body-of-204': [says('HTTP/1.1 204 None\r\nContent-Length: 5\r\n\r\nhello'), undefined],
  'compressed-reply': [
    says(`HTTP/1.1 200 OK\r\n${event}Content-Encoding: gzip\r\nContent-Length: 1\r\n\r\nx`),
    /malformed CloudEvent: .*content-encoding/,
  ],
  'reply-twice-an-id': [
    says(`HTTP/1.1 200 OK\r\n${event}ce-id: s\r\nContent-Length: 0\r\n\r\n`),
    /malformed CloudEvent/,
  ],
  'status-999': [says('HTTP/1.1 999 What\r\nContent-Length: 0\r\n\r\n'), /^the answer was 999$/],
}

test(
  'whatever subscribers answer: a reason for each, others are delivered to, memory bounded',
  { timeout: 120_000 },
  async () => {
    const behaviours = Object.entries(cases).map(([name, [behaviour]]) => [name, behaviour] as const)
    await using subscribers = new HostileSubscriber(Object.fromEntries(behaviours))
    await subscribers.start()
    await using good = await receiver({ remember: 'ids' })
    const hostile = Object.entries(cases).map(([name, [, reason]]) =>
      trigger(name, subscribers.url(name), {
        attributes: { type: 'hostile' },
        delivery: { retry: 0, timeout: reason === timeout ? 'PT2S' : 'PT1M' },
      }),
    )
    await using millrace = await startMillrace({
      manifests: broker() + trigger('good', good.url) + hostile.join(''),
    })
    const url = brokerUrl(millrace)
    await othersAreServed(millrace, async () => {
      for (let n = 0; n < each; n += 1)
        expect((await post(url, { id: `h-${n}`, type: 'hostile' })).status).toBe(202)
    })
    await settled(millrace, { timeoutMs: 60_000 })
    const letters = await deadLetters(millrace)
    const reasons = Map.groupBy(letters, ({ route }) => route)
    for (const [name, [, reason]] of Object.entries(cases)) {
      const got = (reasons.get(name) ?? []).map((letter) => letter.reason)
      const expected = reason === undefined ? [] : Array(each).fill(expect.stringMatching(reason))
      // What has begun to answer was no race with a connection that was just closed: it is not asked again for
      // free. What ends a connection without a byte is, once for each event, if the connection had been of use.
      const mayBeAsked = silent.has(name) ? 2 * each : each
      const again = Math.max(0, (subscribers.asked.get(name) ?? 0) - mayBeAsked)
      expect({ name, got, again }).toEqual({ name, got: expected, again: 0 })
    }
    expect(good.ids.filter((id) => id.startsWith('h-'))).toHaveLength(each)
    await isWell(millrace, millrace.pid)
  },
)

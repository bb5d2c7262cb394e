import { eventually, receiver, startMillrace } from '@millrace/testkit'
import { describe, expect, test } from 'vitest'
import { deadLetters, settled, type DeadLetter } from '../fixture/admin.ts'
import { broker, retries, trigger } from '../fixture/manifests.ts'
import { oneServer } from '../fixture/one-server.ts'
import { acceptAll, brokerUrl } from '../fixture/producing.ts'

/** A trigger for events of its own name as type, to a path of this name. */
function own(name: string, urlOf: (path: string) => string, delivery: object | undefined): string {
  return trigger(name, urlOf(`/${name}`), { attributes: { type: name }, ...(delivery && { delivery }) })
}

describe('which codes are retried', () => {
  const retried = [404, 408, 409, 429, 500, 501, 502, 503, 504, 505, 599, 600, 999]
  const notRetried = [
    300, 301, 304, 307, 308, 400, 401, 402, 403, 405, 406, 410, 413, 415, 422, 425, 431, 451,
  ]
  const delivered = [200, 201, 202, 204, 205, 299]
  const all = [...retried, ...notRetried, ...delivered]
  const shared = oneServer(
    (urlOf) => broker() + all.map((code) => own(`s${code}`, urlOf, retries(1))).join(''),
  )

  async function attemptsFor(code: number): Promise<{ attempts: number; letter: DeadLetter | undefined }> {
    const { sink, millrace } = shared
    const path = sink.path(`/s${code}`)
    path.replyWith(code, 200)
    await acceptAll(brokerUrl(millrace), [{ id: `e${code}`, type: `s${code}` }])
    await path.received(1)
    await settled(millrace)
    const letter = (await deadLetters(millrace)).find(({ route }) => route === `s${code}`)
    return { attempts: path.count, letter }
  }

  test.each(retried)('a %i is retried', async (code) => {
    expect(await attemptsFor(code)).toEqual({ attempts: 2, letter: undefined })
  })

  test.each(notRetried)('a %i is a dead letter at once', async (code) => {
    const { attempts, letter } = await attemptsFor(code)
    expect(attempts).toBe(1)
    expect(letter).toMatchObject({ code, attempts: 1 })
  })

  test.each(delivered)('a %i is delivered', async (code) => {
    expect(await attemptsFor(code)).toEqual({ attempts: 1, letter: undefined })
  })
})

describe('how long a retry waits', () => {
  const day = '86400'
  /** The delivery, the answers before the 200, and the least wait before each retry. */
  const cases = [
    {
      name: 'linear',
      rule: 'linear backoff waits delay × n',
      delivery: { retry: 3, backoffPolicy: 'linear', backoffDelay: 'PT0.1S' },
      answers: [500, 500, 500],
      waits: [100, 200, 300],
    },
    {
      name: 'exponential',
      rule: 'exponential backoff waits delay × 2^(n−1)',
      delivery: { retry: 3, backoffPolicy: 'exponential', backoffDelay: 'PT0.1S' },
      answers: [500, 500, 500],
      waits: [100, 200, 400],
    },
    {
      name: 'no-policy',
      rule: 'backoffDelay without backoffPolicy is exponential',
      delivery: { retry: 3, backoffDelay: 'PT0.1S' },
      answers: [500, 500, 500],
      waits: [100, 200, 400],
    },
    {
      name: 'no-delay',
      rule: 'backoffPolicy without backoffDelay waits PT0.2S',
      delivery: { retry: 2, backoffPolicy: 'linear' },
      answers: [500, 500],
      waits: [200, 400],
    },
    {
      name: 'unset',
      rule: 'without delivery anywhere it is exponential from PT0.2S, and retried more than twice',
      delivery: undefined,
      answers: [500, 500, 500],
      waits: [200, 400, 800],
    },
    {
      name: 'seconds',
      rule: 'Retry-After in seconds on a 429 is waited for',
      delivery: retries(1),
      answers: [{ status: 429, headers: { 'retry-after': '1' } }],
      waits: [1_000],
    },
    {
      name: 'larger',
      rule: 'the backoff holds where it is larger than Retry-After',
      delivery: { retry: 1, backoffPolicy: 'linear', backoffDelay: 'PT0.5S' },
      answers: [{ status: 503, headers: { 'retry-after': '0' } }],
      waits: [500],
    },
    {
      name: 'most',
      rule: 'Retry-After is waited for up to retryAfterMax',
      delivery: { ...retries(1), retryAfterMax: 'PT0.3S' },
      answers: [{ status: 503, headers: { 'retry-after': day } }],
      waits: [300],
    },
    {
      name: 'opted-out',
      rule: 'retryAfterMax PT0S opts out of Retry-After',
      delivery: { ...retries(1), retryAfterMax: 'PT0S' },
      answers: [{ status: 503, headers: { 'retry-after': day } }],
      waits: [0],
    },
    {
      name: 'other',
      rule: 'Retry-After on any other code is not looked at',
      delivery: retries(1),
      answers: [{ status: 500, headers: { 'retry-after': day } }],
      waits: [0],
    },
    {
      name: 'nonsense',
      rule: 'a Retry-After that is neither seconds nor a date is not looked at',
      delivery: retries(1),
      answers: [{ status: 503, headers: { 'retry-after': 'soon' } }],
      waits: [0],
    },
  ]
  const shared = oneServer(
    (urlOf) =>
      broker() +
      trigger('capped', urlOf('/capped'), {
        attributes: { type: 'capped' },
        annotations: { 'millrace.dev/backoff-max': 'PT0.2S' },
        delivery: { retry: 2, backoffPolicy: 'exponential', backoffDelay: 'PT24H' },
      }) +
      own('date', urlOf, retries(1)) +
      cases.map(({ name, delivery }) => own(name, urlOf, delivery)).join(''),
  )

  /** Milliseconds between the requests of a path. */
  function waited(name: string): number[] {
    const times = shared.sink.path(`/${name}`).requests.map(({ at }) => at)
    return times.slice(1).map((at, index) => at - (times[index] ?? 0))
  }

  test.concurrent.each(cases)('$rule', async ({ name, answers, waits }) => {
    const { sink, millrace } = shared
    const path = sink.path(`/${name}`)
    path.replyWith(...answers, 200)
    await acceptAll(brokerUrl(millrace), [{ type: name }])
    await path.received(answers.length + 1)
    for (const [index, wait] of waited(name).entries()) expect(wait).toBeGreaterThanOrEqual(waits[index] ?? 0)
  })

  test.concurrent('the backoff is capped by millrace.dev/backoff-max', async () => {
    const { sink, millrace } = shared
    sink.path('/capped').replyWith(500, 500, 200)
    await acceptAll(brokerUrl(millrace), [{ type: 'capped' }])
    await sink.path('/capped').received(3)
    for (const wait of waited('capped')) expect(wait).toBeGreaterThanOrEqual(200)
  })

  test.concurrent('Retry-After as an HTTP date is waited for', async () => {
    const { sink, millrace } = shared
    const path = sink.path('/date')
    const at = Math.ceil(Date.now() / 1_000) * 1_000 + 1_000
    path.replyWith({ status: 503, headers: { 'retry-after': new Date(at).toUTCString() } }, 200)
    await acceptAll(brokerUrl(millrace), [{ type: 'date' }])
    await path.received(2)
    expect(path.requests[1]?.at).toBeGreaterThanOrEqual(at)
  })
})

test('the time of a retry is kept over a kill: it comes, and no earlier', async () => {
  await using sink = await receiver()
  sink.path('/t').replyWith(503, 200)
  sink.path('/held').hold()
  const delivery = { retry: 1, backoffPolicy: 'linear', backoffDelay: 'PT2S' }
  await using millrace = await startMillrace({
    manifests:
      broker() +
      trigger('t', sink.path('/t').url, { attributes: { type: 't' }, delivery }) +
      trigger('held', sink.path('/held').url, { attributes: { type: 'held' } }),
  })
  await acceptAll(brokerUrl(millrace), [{ type: 't' }])
  await eventually(() => expect(millrace.stderr).toContain('"outcome":"retry"'))
  // the store commits in order: what is accepted now is behind the retry
  await acceptAll(brokerUrl(millrace), [{ type: 'held' }])
  await millrace.restart()
  await sink.path('/t').received(2)
  const [first, second] = sink.path('/t').requests
  expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(2_000)
})

describe('what counts as an attempt', () => {
  test('a reused connection that is closed before any byte of an answer is tried again at once, for free', async () => {
    await using sink = await receiver()
    sink.replyWith(200, { reset: 'at once' }, 200)
    await using millrace = await startMillrace({
      manifests: broker() + trigger('t', sink.url, { delivery: retries(0) }),
    })
    await acceptAll(brokerUrl(millrace), [{ id: 'e1' }])
    await settled(millrace)
    await acceptAll(brokerUrl(millrace), [{ id: 'e2' }])
    await sink.received(3)
    await settled(millrace)
    expect(sink.ids).toEqual(['e1', 'e2', 'e2'])
    expect(await deadLetters(millrace)).toEqual([])
  })

  test('a new connection that is reset is a failed attempt', async () => {
    await using sink = await receiver()
    sink.replyWith({ reset: 'at once' })
    await using millrace = await startMillrace({
      manifests: broker() + trigger('t', sink.url, { delivery: retries(0) }),
    })
    await acceptAll(brokerUrl(millrace), [{ id: 'e1' }])
    await settled(millrace)
    const [letter] = await deadLetters(millrace)
    expect(letter).toMatchObject({ attempts: 1, reason: expect.stringMatching(/^dispatch error: /) })
    expect(letter).not.toHaveProperty('code')
    expect(sink.count).toBe(1)
  })

  test('redirects are not followed; the attempt names the Location', async () => {
    await using sink = await receiver()
    sink.path('/here').replyWith({ status: 302, headers: { location: '/there' } })
    await using millrace = await startMillrace({
      manifests: broker() + trigger('t', sink.path('/here').url, { delivery: retries(3) }),
    })
    await acceptAll(brokerUrl(millrace), [{ id: 'e1' }])
    await settled(millrace)
    const [letter] = await deadLetters(millrace)
    expect(letter).toMatchObject({ code: 302, attempts: 1, reason: expect.stringContaining('/there') })
    expect(sink.count).toBe(1)
  })

  test('an attempt without an answer in time has failed', async () => {
    await using sink = await receiver()
    sink.hold()
    await using millrace = await startMillrace({
      manifests: broker() + trigger('t', sink.url, { delivery: { ...retries(1), timeout: 'PT0.2S' } }),
    })
    await acceptAll(brokerUrl(millrace), [{ id: 'e1' }])
    await settled(millrace)
    const [letter] = await deadLetters(millrace)
    expect(letter).toMatchObject({ attempts: 2, reason: expect.stringContaining('timeout') })
    expect(sink.count).toBe(2)
  })

  test('the timeout begins when the request goes out, not while it queues', async () => {
    await using sink = await receiver()
    sink.replyWith({ delayMs: 300 })
    await using millrace = await startMillrace({
      manifests:
        broker() +
        trigger('t', sink.url, {
          annotations: { 'millrace.dev/in-flight': '1' },
          delivery: { retry: 0, timeout: 'PT3S' },
        }),
    })
    // the last one is sent after 3.3 s
    await acceptAll(
      brokerUrl(millrace),
      Array.from({ length: 12 }, () => ({})),
    )
    await sink.received(12)
    await settled(millrace)
    expect(sink.count).toBe(12)
    expect(await deadLetters(millrace)).toEqual([])
  })
})

import { eventually, exchange, post, receiver, startMillrace, type Millrace } from '@millrace/testkit'
import { expect, test } from 'vitest'

const kills = Number(process.env.CHAOS_KILLS ?? 20)
const producers = 4

function trigger(name: string, uri: string): string {
  return `---
apiVersion: eventing.knative.dev/v1
kind: Trigger
metadata: { name: ${name} }
spec:
  broker: default
  subscriber: { uri: ${uri} }
  delivery: { retry: 100, backoffPolicy: linear, backoffDelay: PT0.01S }
`
}

/** Posts until told to stop; what was answered with 202 is accepted, whatever happens later. */
async function produce(
  millrace: Millrace,
  name: string,
  accepted: Set<string>,
  stop: AbortSignal,
): Promise<void> {
  for (let n = 0; !stop.aborted; n += 1) {
    const id = `${name}-${n}`
    const answer = await post(`${millrace.ingress}/default/default`, { id, data: { n } }).catch(
      () => undefined,
    )
    if (answer?.status === 202) accepted.add(id)
    else await restarted(millrace)
  }
}

async function restarted(millrace: Millrace): Promise<void> {
  await eventually(async () => (await exchange('GET', `${millrace.admin}/livez`)).status === 200, {
    timeoutMs: 30_000,
  })
}

function counted(ids: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const id of ids) counts.set(id, (counts.get(id) ?? 0) + 1)
  return counts
}

async function deadLetters(millrace: Millrace): Promise<Map<string, number>> {
  const ids: string[] = []
  let after = ''
  for (;;) {
    const page = await exchange('GET', `${millrace.admin}/api/deadletters?limit=1000${after}`)
    const { items, next } = JSON.parse(page.text) as { items: { event: { id: string } }[]; next?: string }
    ids.push(...items.map(({ event }) => event.id))
    if (next === undefined) return counted(ids)
    after = `&after=${encodeURIComponent(next)}`
  }
}

async function waiting(millrace: Millrace): Promise<number> {
  const answer = await exchange('GET', `${millrace.admin}/api/resources?kind=trigger`)
  const { items } = JSON.parse(answer.text) as { items: { status: { waiting: number; inFlight: number } }[] }
  return items.reduce((sum, { status }) => sum + status.waiting + status.inFlight, 0)
}

test(
  `what was accepted reaches every trigger or the dead letters over ${kills} times kill -9`,
  { timeout: 60_000 + kills * 5_000 },
  async () => {
    await using sinks = await receiver({ remember: 'ids' })
    sinks.path('/slow').replyBy(() => ({ delayMs: Math.random() * 40 }))
    sinks.path('/bad').replyBy(() => (Math.random() < 0.5 ? 503 : 200))
    sinks.path('/never').replyWith(400)
    const paths = ['/good', '/slow', '/bad', '/never']
    const manifests = [
      'apiVersion: eventing.knative.dev/v1\nkind: Broker\nmetadata: { name: default }\n',
      ...paths.map((path) => trigger(path.slice(1), sinks.path(path).url)),
    ].join('')
    await using millrace = await startMillrace({ manifests })
    const accepted = new Set<string>()
    const stop = new AbortController()
    const running = Array.from({ length: producers }, (_, index) =>
      produce(millrace, `p${index}`, accepted, stop.signal),
    )
    for (let n = 0; n < kills; n += 1) {
      const before = accepted.size
      // killed at random moments, but never before it has taken something since the last start
      const more = 1 + Math.floor(Math.random() * 400)
      await eventually(() => accepted.size >= before + more)
      await millrace.restart()
    }
    stop.abort()
    await Promise.all(running)
    await eventually(async () => (await waiting(millrace)) === 0, { timeoutMs: 60_000 })

    const dead = await deadLetters(millrace)
    const arrived = new Map(
      paths.map((path) => [path, path === '/never' ? dead : counted(sinks.path(path).taken)]),
    )
    let lost = 0
    let duplicates = 0
    for (const ids of arrived.values()) {
      lost += [...accepted].filter((id) => !ids.has(id)).length
      duplicates += [...ids.values()].reduce((sum, times) => sum + times - 1, 0)
    }
    process.stdout.write(
      `crash: kills ${kills}, accepted ${accepted.size}, deliveries due ${accepted.size * paths.length}, lost ${lost}, duplicates ${duplicates}\n`,
    )
    expect(accepted.size).toBeGreaterThan(kills)
    expect(lost).toBe(0)
  },
)

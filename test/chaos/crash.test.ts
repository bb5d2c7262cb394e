import { eventually, receiver, startMillrace } from '@millrace/testkit'
import { expect, test } from 'vitest'
import { counted, deadLetters, produce, waiting } from './accounts.ts'

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

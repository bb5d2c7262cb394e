import { eventually, receiver, startMillrace } from '@millrace/testkit'
import { expect, test } from 'vitest'
import { settled } from './fixture/admin.ts'
import { broker, trigger } from './fixture/manifests.ts'
import { acceptAll, brokerUrl, ids, Producers } from './fixture/producing.ts'

test('a path that holds every request open does not hold up another path of the same host', async () => {
  await using sink = await receiver({ remember: 'ids' })
  const a = sink.path('/a')
  const b = sink.path('/b')
  a.hold()
  await using millrace = await startMillrace({
    manifests: [
      broker(),
      trigger('a', a.url, { attributes: { type: 'a' } }),
      trigger('b', b.url, { attributes: { type: 'b' } }),
    ].join(''),
  })
  const forA = ids('a', 300)
  const forB = ids('b', 1_000)
  await acceptAll(
    brokerUrl(millrace),
    forA.map((id) => ({ id, type: 'a' })),
  )
  await eventually(() => expect(a.pending).toBe(100))
  await acceptAll(
    brokerUrl(millrace),
    forB.map((id) => ({ id, type: 'b' })),
  )
  await b.received(1_000)
  expect(new Set(b.ids)).toEqual(new Set(forB))
  // all of B's are there, and not one of A's requests has been answered
  expect(a.pending).toBe(a.count)

  a.release()
  await a.received(300)
  await settled(millrace)
  expect(new Set(a.ids)).toEqual(new Set(forA))
})

test('hung paths that fill the global cap leave a way through to one that answers', async () => {
  await using sink = await receiver({ remember: 'ids' })
  const hung = ids('hung', 8)
  const good = sink.path('/good')
  for (const name of hung) sink.path(`/${name}`).hold()
  await using millrace = await startMillrace({
    manifests: [
      broker(),
      ...hung.map((name) => trigger(name, sink.path(`/${name}`).url, { attributes: { type: 'hung' } })),
      trigger('good', good.url, { attributes: { type: 'good' } }),
    ].join(''),
    args: ['--max-in-flight', '64'],
  })
  const stuck = ids('stuck', 50)
  await acceptAll(
    brokerUrl(millrace),
    stuck.map((id) => ({ id, type: 'hung' })),
  )
  // the cap keeps a sixteenth for routes that have nothing under way
  await eventually(() => expect(sink.pending).toBeGreaterThanOrEqual(60))
  await acceptAll(
    brokerUrl(millrace),
    ids('good', 200).map((id) => ({ id, type: 'good' })),
  )
  await good.received(200)
  for (const name of hung) sink.path(`/${name}`).release()
  for (const name of hung) await sink.path(`/${name}`).received(stuck.length)
  await settled(millrace)
})

test('what has spilled is not starved by what is accepted later', async () => {
  await using sink = await receiver({ remember: 'ids' })
  sink.hold()
  await using millrace = await startMillrace({
    manifests: broker() + trigger('slow', sink.url, { annotations: { 'millrace.dev/in-flight': '4' } }),
  })
  const early = ids('early', 200)
  await acceptAll(
    brokerUrl(millrace),
    early.map((id) => ({ id })),
  )
  // slower than ingest, which goes on until all that came first is delivered
  sink.replyWith({ delayMs: 5 })
  const producers = new Producers(
    () => brokerUrl(millrace),
    (n) => ({ id: `late-${n}` }),
    4,
  )
  await producers.accept(200)
  sink.release()
  await eventually(() => expect(new Set(sink.ids)).toEqual(new Set([...sink.ids, ...early])))
  await producers.stop()
  expect(producers.refused).toBe(0)
  sink.replyWith(200)
  await settled(millrace)
  expect(new Set(sink.ids)).toEqual(new Set([...early, ...producers.accepted]))
})

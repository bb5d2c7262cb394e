import { eventually, exchange, post, receiver, startMillrace } from '@millrace/testkit'
import { expect, test } from 'vitest'
import { settled, trigger as statusOf } from './fixture/admin.ts'
import { broker, retries, trigger } from './fixture/manifests.ts'
import { acceptAll, brokerUrl, ids, probe } from './fixture/producing.ts'
import { expectRefusal } from './fixture/refusals.ts'

test('readyz stays 200 while every sink is down', async () => {
  await using sink = await receiver({ remember: 'ids' })
  await sink.stop()
  const names = ids('t', 3)
  await using millrace = await startMillrace({
    manifests:
      broker() +
      names
        .map((name) => trigger(name, sink.path(`/${name}`).url, { delivery: retries(1_000_000) }))
        .join(''),
  })
  const events = ids('e', 100)
  await acceptAll(
    brokerUrl(millrace),
    events.map((id) => ({ id })),
  )
  for (const name of names)
    await eventually(async () =>
      expect((await statusOf(millrace, name)).lastError?.reason).toMatch(/^dispatch error: /),
    )
  expect(await probe(millrace, '/readyz')).toBe(200)
  expect(await probe(millrace, '/livez')).toBe(200)
  expect((await post(brokerUrl(millrace), { id: 'later' })).status).toBe(202)

  await sink.start()
  await settled(millrace)
  for (const name of names) expect(new Set(sink.path(`/${name}`).ids)).toEqual(new Set([...events, 'later']))
  expect(await probe(millrace, '/readyz')).toBe(200)
})

test('readyz fails and says why when the thread of the store is gone; a restart brings all back', async () => {
  await using sink = await receiver({ remember: 'ids' })
  sink.hold()
  const endThreads = new URL('./fixture/end-threads.js', import.meta.url).href
  await using millrace = await startMillrace({
    manifests: broker() + trigger('t', sink.url),
    env: { NODE_OPTIONS: `--import=${endThreads}` },
  })
  await acceptAll(brokerUrl(millrace), [{ id: 'e1' }])
  expect(await probe(millrace, '/readyz')).toBe(200)

  millrace.signal('SIGUSR2')
  await eventually(async () => {
    const { status, text } = await exchange('GET', `${millrace.admin}/readyz`)
    expect(status).toBe(503)
    expect(JSON.parse(text)).toEqual({ ready: false, reasons: [expect.stringContaining('store dead')] })
  })
  expect(await probe(millrace, '/livez')).toBe(200)
  expectRefusal(await post(brokerUrl(millrace), { id: 'refused' }))
  sink.release()

  await millrace.restart()
  await settled(millrace)
  expect(new Set(sink.ids)).toEqual(new Set(['e1']))
  expect(await probe(millrace, '/readyz')).toBe(200)
})

import { receiver, startMillrace } from '@millrace/testkit'
import { expect, test } from 'vitest'
import { settled, unsettled } from './fixture/admin.ts'
import { broker, trigger } from './fixture/manifests.ts'
import { acceptAll, brokerUrl, ids, Producers } from './fixture/producing.ts'

test('stops under load lose nothing and repeat nothing that was answered', async () => {
  await using sink = await receiver({ remember: 'ids' })
  await using millrace = await startMillrace({ manifests: broker() + trigger('t', sink.url) })
  const producers = new Producers(
    () => brokerUrl(millrace),
    (n) => ({ id: String(n) }),
    4,
  )
  for (let round = 0; round < 2; round += 1) {
    await producers.accept(200)
    expect(await millrace.stop()).toBe(0)
    await millrace.start()
  }
  await producers.stop()
  await settled(millrace)
  // an event may have been stored whose producer was not answered any more
  const arrived = new Set(sink.ids)
  expect([...producers.accepted].filter((id) => !arrived.has(id))).toEqual([])
  expect(sink.ids).toHaveLength(arrived.size)
})

test('a stop cuts off what hangs when the drain is over, and gives it back: it is delivered after the next start', async () => {
  await using sink = await receiver({ remember: 'ids' })
  sink.hold()
  await using millrace = await startMillrace({
    manifests: broker() + trigger('t', sink.url, { delivery: { retry: 0 } }),
    args: ['--drain', '0.5s'],
  })
  const events = ids('e', 350)
  await acceptAll(
    brokerUrl(millrace),
    events.map((id) => ({ id })),
  )
  await sink.received(100)
  expect(await millrace.stop()).toBe(0)
  sink.release()
  await millrace.start()
  await settled(millrace)
  // being cut off by a stop is no attempt: without a single retry all arrive
  expect(new Set(sink.taken)).toEqual(new Set(events))
  expect(await unsettled(millrace)).toBe(0)
})

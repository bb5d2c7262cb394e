import { eventually, exchange, receiver, startMillrace } from '@millrace/testkit'
import { expect, test } from 'vitest'
import { channel, subscription } from '../fixture/flows.ts'
import { acceptAll, ids } from '../fixture/producing.ts'

test('of 100 subscriptions of a channel one hangs: the other 99 get all their events before it is released', async () => {
  await using sink = await receiver({ remember: 'ids' })
  const names = ids('s', 100)
  const [hung = '', ...others] = names
  sink.path(`/${hung}`).hold()
  await using millrace = await startMillrace({
    manifests:
      channel('wide') +
      names.map((name) => subscription(name, 'wide', { subscriber: sink.path(`/${name}`).url })).join(''),
  })
  const events = ids('e', 50)
  await acceptAll(
    `${millrace.ingress}/default/wide`,
    events.map((id) => ({ id })),
  )
  for (const name of others) await sink.path(`/${name}`).received(events.length, { timeoutMs: 25_000 })
  for (const name of others) expect(new Set(sink.path(`/${name}`).ids)).toEqual(new Set(events))
  const stuck = sink.path(`/${hung}`)
  expect(stuck.pending).toBe(stuck.count)

  stuck.release()
  await stuck.received(events.length)
  await eventually(async () => {
    const { text } = await exchange('GET', `${millrace.admin}/api/resources?kind=channel`)
    expect(JSON.parse(text)).toMatchObject({ items: [{ status: { waiting: 0 } }] })
  })
  expect(new Set(stuck.ids)).toEqual(new Set(events))
})

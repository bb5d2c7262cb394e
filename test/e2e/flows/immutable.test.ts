import { eventually, post, receiver, startMillrace } from '@millrace/testkit'
import { expect, test } from 'vitest'
import { admin } from '../fixture/admin.ts'
import { channel, subscription } from '../fixture/flows.ts'

interface Resources {
  readonly items: readonly { readonly metadata: { readonly name: string } }[]
  readonly reloadErrors: readonly string[]
}

test("a reload that changes a subscription's channel is refused with the field's path, and the old topology stays", async () => {
  await using sink = await receiver()
  const channels = channel('first') + channel('second')
  const reading = (of: string) => subscription('s', of, { subscriber: sink.url })
  await using millrace = await startMillrace({ manifests: { 'all.yaml': channels + reading('first') } })
  const resources = () => admin<Resources>(millrace, '/api/resources')

  await millrace.write('all.yaml', channels + channel('third') + reading('second'))
  const { items, reloadErrors } = await eventually(async () => {
    const now = await resources()
    expect(now.reloadErrors).toHaveLength(1)
    return now
  })
  expect(reloadErrors[0]).toMatch(/all\.yaml:\d+: s: spec\.channel: is immutable/)
  expect(items.map(({ metadata }) => metadata.name)).not.toContain('third')
  expect((await post(`${millrace.ingress}/default/first`, { id: 'still' })).status).toBe(202)
  await sink.received(1)
  expect((await post(`${millrace.ingress}/default/third`)).status).toBe(404)

  await millrace.write('all.yaml', channels + channel('third') + reading('first'))
  await eventually(async () => expect((await resources()).reloadErrors).toEqual([]))
  expect((await post(`${millrace.ingress}/default/third`)).status).toBe(202)
  expect(sink.ids).toEqual(['still'])
})

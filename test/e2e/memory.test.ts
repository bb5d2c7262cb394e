import { receiver, residentBytes, startMillrace, type Millrace } from '@millrace/testkit'
import { expect, test } from 'vitest'
import { settled, unsettled } from './fixture/admin.ts'
import { broker, trigger } from './fixture/manifests.ts'
import { acceptAll, brokerUrl, ids } from './fixture/producing.ts'

const mebibyte = 1024 * 1024
/** Together with the attributes about 1 KB. */
const data = { text: 'x'.repeat(900) }

/** Posts so many events of 1 KB. */
async function fill(millrace: Millrace, prefix: string, count: number): Promise<void> {
  await acceptAll(
    brokerUrl(millrace),
    ids(prefix, count).map((id) => ({ id, data })),
    64,
  )
}

async function measured(millrace: Millrace, what: string): Promise<number> {
  const bytes = await residentBytes(millrace.pid)
  process.stdout.write(`memory: ${Math.round(bytes / mebibyte)} MB resident with ${what}\n`)
  return bytes
}

test('100,000 events waiting take at most 100 MB more than 1,000', { timeout: 120_000 }, async () => {
  await using sink = await receiver({ remember: 'ids' })
  await using millrace = await startMillrace({ manifests: broker() + trigger('held', sink.url) })
  // a server that has worked: what V8 lets lie about under load is no event that waits
  await fill(millrace, 'delivered', 20_000)
  await settled(millrace)
  sink.hold()
  await fill(millrace, 'first', 1_000)
  const few = await measured(millrace, '1,000 events waiting')
  await fill(millrace, 'more', 99_000)
  const many = await measured(millrace, '100,000 events waiting')
  expect(await unsettled(millrace)).toBe(100_000)
  expect(many - few).toBeLessThan(100 * mebibyte)
})

test('1,000 hung triggers take at most 100 MB more than one', { timeout: 120_000 }, async () => {
  await using sink = await receiver({ remember: 'ids' })
  sink.hold()
  const names = ids('t', 1_000)
  await using millrace = await startMillrace({
    manifests:
      broker() +
      trigger('one', sink.path('/one').url, { attributes: { type: 'one' } }) +
      names.map((name) => trigger(name, sink.path(`/${name}`).url, { attributes: { type: 'all' } })).join(''),
  })
  await acceptAll(
    brokerUrl(millrace),
    ids('one', 1_000).map((id) => ({ id, type: 'one', data })),
  )
  const few = await measured(millrace, 'one hung trigger, for which 1,000 deliveries wait')
  await acceptAll(
    brokerUrl(millrace),
    ids('all', 100).map((id) => ({ id, type: 'all', data })),
  )
  const many = await measured(millrace, '1,000 hung triggers, for which 100,000 deliveries wait')
  expect(await unsettled(millrace)).toBe(101_000)
  expect(many - few).toBeLessThan(100 * mebibyte)
})

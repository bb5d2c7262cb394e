import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { eventually, exchange, post, receiver, startMillrace } from '@millrace/testkit'
import { expect, test } from 'vitest'
import { broker, trigger } from '../e2e/fixture/manifests.ts'
import { acceptAll, brokerUrl } from '../e2e/fixture/producing.ts'
import { root } from './pages.ts'

/** Of the first cell of each row: `a_bytes`, `_wal_bytes` is `a_bytes` and `a_wal_bytes`. */
function namesOf(page: string): string[] {
  const text = readFileSync(join(root, page), 'utf8')
  const cells = [...text.matchAll(/^\| (`millrace_[^|]*?) *\|/gm)].map(([, cell = '']) => cell)
  return cells.flatMap((cell) => {
    const [first = '', ...others] = [...cell.matchAll(/`(\w+)`/g)].map(([, name = '']) => name)
    return [first, ...others.map((name) => (name.startsWith('_') ? first.replace(/_[a-z]+$/, name) : name))]
  })
}

/** One of each thing that has a series of its own: a dead letter, a parked key, an open circuit, a refusal. */
const manifests = (sink: string) =>
  broker('default', { annotations: { 'millrace.dev/dedupe': 'PT1H' } }) +
  trigger('circuit', 'http://127.0.0.1:1/', {
    attributes: { type: 'circuit' },
    annotations: { 'millrace.dev/circuit': '1/PT1H' },
  }) +
  trigger('parked', 'http://127.0.0.1:1/', {
    attributes: { type: 'parked' },
    annotations: { 'millrace.dev/ordered-by': 'partitionkey', 'millrace.dev/on-failure': 'park' },
    delivery: { retry: 0 },
  }) +
  trigger('good', sink, { attributes: { type: 'good' } }) +
  trigger('dead', 'http://127.0.0.1:1/', { attributes: { type: 'dead' }, delivery: { retry: 0 } })

test('the tables of metrics are those that a server has, no more and no fewer', async () => {
  await using sink = await receiver()
  await using millrace = await startMillrace({ manifests: manifests(sink.url) })
  const events = ['circuit', 'parked', 'dead', 'good', 'none'].map((type) => ({
    type,
    id: type,
    partitionkey: 'k',
  }))
  await acceptAll(brokerUrl(millrace), [...events, { type: 'none', id: 'none' }])
  await post(brokerUrl(millrace), { specversion: '7.0' })
  const documented = [...namesOf('docs/monitoring/README.md'), ...namesOf('docs/guides/sources.md')]
  await eventually(async () => {
    const { text } = await exchange('GET', `${millrace.admin}/metrics`)
    const types = [...text.matchAll(/^# TYPE (millrace_\w+) /gm)].map(([, name]) => name)
    expect(new Set(types)).toEqual(new Set(documented))
  })
})

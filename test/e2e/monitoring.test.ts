import { readFile } from 'node:fs/promises'
import {
  eventually,
  exchange,
  post,
  prometheus,
  prometheusMissing,
  promtool,
  receiver,
  startMillrace,
  type Millrace,
  type Receiver,
} from '@millrace/testkit'
import { describe, expect, test } from 'vitest'
import { broker, retries, trigger } from './fixture/manifests.ts'

const folder = new URL('../../docs/monitoring/', import.meta.url).pathname

interface Dashboard {
  readonly panels: readonly {
    readonly title: string
    readonly targets: readonly { readonly expr: string }[]
  }[]
  readonly templating: { readonly list: readonly { readonly name: string; readonly definition?: string }[] }
}

/** A server that has seen every kind of traffic: what is counted has something to count. */
async function startRun(sink: Receiver): Promise<Millrace> {
  sink.path('/flaky').replyWith(503, 200)
  sink.path('/bad').replyWith(400)
  const to = (name: string) =>
    trigger(name, sink.url + name, {
      attributes: { type: name },
      annotations: { 'millrace.dev/circuit': '5/PT1S' },
    })
  const millrace = await startMillrace({
    manifests: [
      broker('default', { delivery: retries(3), annotations: { 'millrace.dev/dedupe': 'PT1H' } }),
      ...['ok', 'flaky', 'bad'].map(to),
      trigger('parked', `${sink.url}bad`, {
        attributes: { type: 'parked' },
        annotations: { 'millrace.dev/ordered-by': 'subject', 'millrace.dev/on-failure': 'park' },
      }),
      trigger('held', sink.url, {
        attributes: { type: 'held' },
        annotations: { 'millrace.dev/paused': 'true' },
      }),
    ].join(''),
  })
  const url = `${millrace.ingress}/default/default`
  for (const type of ['ok', 'ok', 'flaky', 'bad', 'held', 'nobody', 'parked'])
    await post(url, { type, subject: '1' })
  for (const id of ['twice', 'twice']) await post(url, { type: 'ok', id, source: '/s' })
  await post(url, { type: 'ok' }, { headers: { 'ce-specversion': '7' } })
  await post(`${millrace.ingress}/default/nobody`)
  await eventually(async () => {
    const text = await scrape(millrace)
    expect(text).toMatch(/millrace_dead_letters\{.*"bad"\} 1/)
    expect(text).toMatch(/millrace_keys_parked\{.*"parked"\} 1/)
  })
  return millrace
}

async function scrape({ admin }: Millrace): Promise<string> {
  const { status, headers, text } = await exchange('GET', `${admin}/metrics`)
  expect(status).toBe(200)
  expect(headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/)
  return text
}

describe.skipIf(prometheusMissing !== undefined)(
  `Prometheus (${prometheusMissing ?? 'there is one'})`,
  () => {
    test('promtool finds nothing wrong with a scrape of a server that has worked', async () => {
      await using sink = await receiver()
      await using millrace = await startRun(sink)
      expect(promtool(['check', 'metrics'], await scrape(millrace))).toEqual({ code: 0, output: '' })
    })

    test('the configuration in docker-compose.yml is one', () => {
      const file = new URL('../../examples/compose/monitoring/prometheus.yml', import.meta.url).pathname
      // the alerts stand beside it in the container alone
      const { code, output } = promtool(['check', 'config', '--syntax-only', file])
      expect(output).toContain('SUCCESS')
      expect(code).toBe(0)
    })

    test('the alerts are right, and fire when they should', () => {
      const checked = promtool(['check', 'rules', `${folder}alerts.yaml`])
      expect(checked.output).toContain('SUCCESS')
      expect(checked.code).toBe(0)
      const tested = promtool(['test', 'rules', `${folder}alerts.test.yaml`])
      expect(tested.output).toContain('SUCCESS')
      expect(tested.code).toBe(0)
    })

    test(
      'every query of the dashboard and of the alerts is answered by what a server tells',
      { timeout: 60_000 },
      async () => {
        await using sink = await receiver()
        await using millrace = await startRun(sink)
        await using server = await prometheus(millrace.admin)
        const dashboard = JSON.parse(await readFile(`${folder}dashboard.json`, 'utf8')) as Dashboard
        const queries = dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => filledIn(expr)))
        expect(queries.length).toBeGreaterThan(20)
        // rates take two scrapes, between which something happened
        const found = async (query: string): Promise<boolean> => {
          await post(`${millrace.ingress}/default/default`, { type: 'ok' })
          return (await server.query(query)).length > 0
        }
        for (const query of queries)
          await eventually(async () => expect([query, await found(query)]).toEqual([query, true]))

        const variables = dashboard.templating.list.flatMap(({ definition }) => definition ?? [])
        for (const definition of variables) {
          const [, selector = '', label = ''] = /^label_values\((.*), (\w+)\)$/.exec(definition) ?? []
          const [first] = await server.query(filledIn(selector))
          expect(first?.metric).toHaveProperty(label)
        }

        const alerts = await readFile(`${folder}alerts.yaml`, 'utf8')
        const named = new Set(alerts.match(/\bmillrace_[a-z_]+/g))
        for (const metric of named)
          expect([metric, (await server.query(metric)).length > 0]).toEqual([metric, true])
      },
    )
  },
)

/** As Grafana fills in what a dashboard leaves open, with all chosen. */
function filledIn(expression: string): string {
  return expression.replaceAll('$__rate_interval', '1m').replaceAll(/\$(namespace|name|trigger)\b/g, '.*')
}

import { receiver, runCli, startMillrace } from '@millrace/testkit'
import { expect, test } from 'vitest'
import { broker, document, trigger } from '../fixture/manifests.ts'
import { acceptAll, brokerUrl } from '../fixture/producing.ts'

const sink = 'http://127.0.0.1:9/'

/** Every one of these is refused when it is read; the pattern is of its line, after FILE:LINE. */
const refused: readonly [rule: string, yaml: string, line: RegExp][] = [
  [
    'a filter that does not compile',
    trigger('cesql', sink, { filters: [{ cesql: "type = 'a" }] }),
    /cesql: spec\.filters\[0\]\.cesql: /,
  ],
  [
    'an empty map in exact',
    trigger('exact', sink, { filters: [{ exact: {} }] }),
    /exact: spec\.filters\[0\]\.exact: /,
  ],
  [
    'an empty string in prefix',
    trigger('prefix', sink, { filters: [{ prefix: { type: '' } }] }),
    /prefix: spec\.filters\[0\]\.prefix\.type: /,
  ],
  ['an empty all', trigger('all', sink, { filters: [{ all: [] }] }), /all: spec\.filters\[0\]\.all: /],
  ['an empty not', trigger('not', sink, { filters: [{ not: {} }] }), /not: spec\.filters\[0\]\.not: /],
  [
    'two dialects in one filter',
    trigger('two', sink, { filters: [{ exact: { type: 'a' }, prefix: { type: 'b' } }] }),
    /two: spec\.filters\[0\]: /,
  ],
  ['a uri that is not http or https', trigger('ftp', 'ftp://127.0.0.1/'), /ftp: spec\.subscriber\.uri: /],
  [
    'an unknown field, with the nearest right name',
    trigger('field', sink)
      .replace('"filters"', '"filterz"')
      .replace('"subscriber":', '"subscribr":{},"subscriber":'),
    /field: spec\.subscribr: .*subscriber/,
  ],
  [
    'an unknown annotation, with the nearest right name',
    trigger('annotation', sink, { annotations: { 'millrace.dev/in-fligth': '1' } }),
    /annotation: metadata\.annotations\.millrace\.dev\/in-fligth: .*in-flight/,
  ],
  ['a negative retry', trigger('retry', sink, { delivery: { retry: -1 } }), /retry: spec\.delivery\.retry: /],
  [
    'a duration that is none',
    trigger('duration', sink, { delivery: { retry: 1, backoffDelay: '1s' } }),
    /duration: spec\.delivery\.backoffDelay: .*PT/,
  ],
  [
    'an audience, which would be unsafe to ignore',
    trigger('audience', { uri: sink, audience: 'a' }),
    /audience: spec\.subscriber\.audience: /,
  ],
  [
    'a brokerRef into another namespace',
    document({
      kind: 'Trigger',
      metadata: { name: 'far' },
      spec: {
        brokerRef: {
          apiVersion: 'eventing.knative.dev/v1',
          kind: 'Broker',
          name: 'default',
          namespace: 'other',
        },
        subscriber: { uri: sink },
      },
    }),
    /far: spec\.brokerRef\.namespace: /,
  ],
  ['a name that is none', broker('Not_A_Name'), /Not_A_Name: metadata\.name: /],
  [
    'an undefined ${NAME}',
    trigger('undefined', '${NOBODY_SETS_THIS}'),
    /undefined: spec\.subscriber\.uri: .*NOBODY_SETS_THIS/,
  ],
]

test('serve refuses all that is wrong at once, with file, line, name and path, and exit 3', async () => {
  await using millrace = await startMillrace({ manifests: { 'good.yaml': broker() } })
  for (const [index, [, yaml]] of refused.entries()) await millrace.write(`${index}.yaml`, yaml)
  const anyPort = ['--listen', '127.0.0.1:0', '--admin', '127.0.0.1:0', '--store', 'memory:']
  const { code, stdout, stderr } = await runCli(['serve', ...anyPort, '-f', millrace.manifestsPath])
  expect(code).toBe(3)
  expect(stdout).toBe('')
  const lines = stderr.split('\n')
  const missing = refused.filter(
    ([, , pattern], index) => !lines.some((line) => line.includes(`/${index}.yaml:`) && pattern.test(line)),
  )
  expect(missing.map(([rule]) => rule)).toEqual([])
  for (const line of lines.filter((each) => each !== '')) expect(line).toMatch(/^\S+\.yaml:\d+: \S+: /)
})

test('what is accepted and inert is taken with one notice, and other kinds are skipped in a line', async () => {
  await using receiving = await receiver()
  const inert = document({
    kind: 'Broker',
    metadata: {
      name: 'default',
      annotations: { 'eventing.knative.dev/broker.class': 'Kafka' },
      labels: { team: 'blue' },
    },
    spec: { config: { apiVersion: 'v1', kind: 'ConfigMap', name: 'kafka' } },
    status: { conditions: [] },
  })
  const deployment = document({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'shop' },
    spec: { anything: 1 },
  })
  await using millrace = await startMillrace({ manifests: inert + deployment + trigger('t', receiving.url) })
  await acceptAll(brokerUrl(millrace), [{}])
  await receiving.received(1)
  const { code, stderr, stdout } = await runCli(['validate', '-f', millrace.manifestsPath])
  expect(code).toBe(0)
  expect(stdout + stderr).toMatch(/spec\.config/)
  expect(stdout + stderr).toMatch(/Deployment/)
})

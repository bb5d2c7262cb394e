import { describe, expect, it } from 'vitest'
import {
  compile,
  formatFinding,
  loadManifests,
  missingSourceKind,
  resourceKey,
  sourceKind,
} from '../../../src/index.ts'
import type { WantedKind } from '../../../src/index.ts'
import { broker, documents } from '../../read-text.ts'

const meter = sourceKind({
  kind: 'MeterSource',
  plural: 'metersources',
  apiVersions: ['sources.acme.example/v1'],
  spec: { properties: { url: { type: 'string' }, note: { type: 'string' } }, required: ['url'] },
  conditions: ['MeterReached'],
  withDefaults: (spec) => ({ note: 'none', ...spec }),
  verbatim: (path) => path === 'note',
  validate: ({ spec }, report) => {
    if (spec['url'] === 'no') report({ path: 'url', message: 'is "no", must be more' })
  },
  ceAttributes: ({ namespace, name }) => [{ type: 'reading', source: `/${namespace}/${name}` }],
})

const absent = missingSourceKind(
  { kind: 'OtherSource', plural: 'othersources', shortNames: [], apiVersions: ['sources.acme.example/v1'] },
  { reason: 'PackageNotInstalled', message: '@acme/other is not installed' },
)

function source(spec: string, kind = 'MeterSource', metadata = 'name: m'): string {
  return `apiVersion: sources.acme.example/v1\nkind: ${kind}\nmetadata: {${metadata}}\nspec: {${spec}}`
}

const sinkRef = 'sink: {ref: {apiVersion: eventing.knative.dev/v1, kind: Broker, name: b}}'

async function read(text: string) {
  const wanted: WantedKind[] = []
  const { resources, findings } = await loadManifests(['-'], {
    env: { NAME: 'value' },
    stdin: async () => text,
    findSource: async (want) => {
      wanted.push(want)
      return [meter, absent].find(({ kind }) => kind === want.kind)
    },
  })
  const { statuses, topology } = compile(resources)
  return { resources, wanted, found: findings.map(formatFinding), statuses, topology }
}

describe('a source of somebody’s package', () => {
  it('is asked for once by its kind and its package', async () => {
    const annotated = 'name: m, annotations: {millrace.dev/source: "@acme/meter"}'
    const text = documents(
      source('url: a, sink: {uri: "http://x/"}', 'MeterSource', annotated),
      source('url: b, sink: {uri: "http://x/"}', 'MeterSource', annotated.replace('name: m', 'name: n')),
      broker('b'),
    )
    const { wanted, found } = await read(text)
    expect(wanted).toEqual([
      { apiVersion: 'sources.acme.example/v1', kind: 'MeterSource', package: '@acme/meter' },
    ])
    expect(found).toEqual([])
  })

  it('has its defaults and those of its sink; what is verbatim stands as it is', async () => {
    const { resources } = await read(source(`url: "$\{NAME}", note: "$\{NAME}", ${sinkRef}`))
    expect(resources[0]?.spec).toEqual({
      url: 'value',
      note: '${NAME}',
      sink: {
        ref: { namespace: 'default', apiVersion: 'eventing.knative.dev/v1', kind: 'Broker', name: 'b' },
      },
    })
  })

  it.each([
    ['url: a, sink: {uri: "http://x/"}, ulr: b', 'spec.ulr: unknown field, did you mean "url"?'],
    ['sink: {uri: "http://x/"}', 'spec.url: is missing, must be a text'],
    ['url: no, sink: {uri: "http://x/"}', 'spec.url: is "no", must be more'],
    ['url: a, sink: {uri: "ftp://x/"}', 'spec.sink.uri: is "ftp://x/", must begin with http:// or https://'],
    ['url: a, sink: {}', 'spec.sink: expected at least one, got none: ref, uri'],
    [
      'url: a, sink: {uri: "http://x/"}, ceOverrides: {extensions: {id: x}}',
      'spec.ceOverrides.extensions.id: is an attribute that the source sets itself, must be an extension',
    ],
  ])('with {%s} is refused', async (spec, message) => {
    expect((await read(source(spec))).found).toEqual([`-:4: m: ${message}`])
  })

  it.each([
    ['a schema that is none', { spec: { properties: { n: { type: 'string', format: 'uri' } } } }],
    ['rules that throw', { validate: () => fail('oh') }],
    ['defaults that throw', { withDefaults: () => fail('oh') }],
    ['attributes that throw', { ceAttributes: () => fail('oh') }],
  ])('whose package has %s is refused with its place', async (_, faulty) => {
    const kind = sourceKind({
      kind: 'FaultySource',
      plural: 'faultysources',
      apiVersions: ['sources.acme.example/v1'],
      spec: { properties: { n: { type: 'string' } } },
      conditions: ['Ok'],
      ...faulty,
    })
    const { resources, findings } = await loadManifests(['-'], {
      env: {},
      stdin: async () => source('n: a, sink: {uri: "http://x/"}', 'FaultySource'),
      findSource: async () => kind,
    })
    expect(resources).toEqual([])
    expect(findings.map(formatFinding)).toEqual([
      expect.stringMatching(
        /^-:4: m: spec: cannot be checked, the package of FaultySource fails: (oh|unknown format "uri")/,
      ),
    ])
  })

  it('takes the annotations of sources, and no other’s', async () => {
    const annotated = (annotation: string) =>
      source('url: a, sink: {uri: "http://x/"}', 'MeterSource', `name: m, annotations: {${annotation}}`)
    expect((await read(annotated('millrace.dev/keep: "true"'))).found).toEqual([])
    expect((await read(annotated('millrace.dev/keep: "yes"'))).found).toEqual([
      '-:3: m: metadata.annotations.millrace.dev/keep: is "yes", must be true or false',
    ])
    expect((await read(annotated('millrace.dev/missed-ticks: once'))).found).toEqual([
      '-:3: m: metadata.annotations.millrace.dev/missed-ticks: does nothing on a MeterSource, it belongs on PingSource',
    ])
    expect((await read(annotated('millrace.dev/source: ./meter'))).found).toEqual([
      '-:3: m: metadata.annotations.millrace.dev/source: is "./meter", must be the name of a package such as @acme/millrace-source-x',
    ])
  })

  it('compiles into an addressable that only it emits into, with one route to its sink', async () => {
    const { topology, statuses, resources } = await read(documents(broker('b'), source(`url: a, ${sinkRef}`)))
    expect(topology.addressables.get('/default/m')).toMatchObject({ kind: 'MeterSource', closed: true })
    expect(topology.addressables.get('/default/m')?.routes).toMatchObject([
      {
        id: '/default/m|MeterSource|default/m|subscriber',
        destination: { kind: 'addressable', path: '/default/b' },
        policy: { retry: 10, backoffPolicy: 'exponential', backoffDelayMs: 200 },
      },
    ])
    const own = resources.find(({ kind }) => kind === 'MeterSource')
    const status = own === undefined ? undefined : statuses.get(resourceKey(own))
    expect(status).toMatchObject({
      sinkUri: '/default/b',
      ceAttributes: [{ type: 'reading', source: '/default/m' }],
    })
    expect(status?.conditions.map(({ type, status: is }) => `${type}=${is}`)).toEqual([
      'MeterReached=Unknown',
      'OIDCIdentityCreated=True',
      'Ready=Unknown',
      'SinkProvided=True',
    ])
  })

  it('whose package is not there stands, and its condition says what to install', async () => {
    const { found, statuses, resources } = await read(
      source('anything: [1], sink: {uri: "http://x/"}', 'OtherSource'),
    )
    expect(found).toEqual([])
    const [own] = resources
    const status = own === undefined ? undefined : statuses.get(resourceKey(own))
    expect(status?.conditions.find(({ type }) => type === 'Ready')).toEqual({
      type: 'Ready',
      status: 'False',
      reason: 'PackageNotInstalled',
      message: '@acme/other is not installed',
    })
  })
})

function fail(message: string): never {
  throw new Error(message)
}

import { describe, expect, it } from 'vitest'
import {
  checkImmutable,
  compile,
  formatFinding,
  loadManifests,
  missingSinkKind,
  sinkKind,
  type Kind,
} from '../../../src/index.ts'
import { broker, channel, documents, flow, subscription, trigger } from '../../read-text.ts'

const kafka = sinkKind({
  kind: 'KafkaSink',
  plural: 'kafkasinks',
  apiVersions: ['eventing.knative.dev/v1alpha1'],
  spec: { properties: { topic: { type: 'string' }, note: { type: 'string' } }, required: ['topic'] },
  conditions: ['ConnectionEstablished', 'TopicReady'],
  validate: ({ spec }, report) => {
    if (spec['topic'] === 'no') report({ path: 'topic', message: 'is "no", must be more' })
  },
  withDefaults: (spec) => ({ note: 'none', ...spec }),
  address: (spec) => `kafka://k:9092/${(spec as { topic: string }).topic}`,
})

const absent = missingSinkKind(kafka, { reason: 'PackageNotInstalled', message: 'it is not installed' })

function sink(name = 'k', spec = 'topic: orders', more = ''): string {
  return `apiVersion: eventing.knative.dev/v1alpha1\nkind: KafkaSink\nmetadata: {name: ${name}${more}}\nspec: {${spec}}`
}

const ref = 'ref: {apiVersion: eventing.knative.dev/v1alpha1, kind: KafkaSink, name: k}'
const destination = { kind: 'sink', path: '/default/k', address: 'kafka://k:9092/orders' }

async function read(text: string, kind: Kind = kafka) {
  const { resources, findings } = await loadManifests(['-'], {
    env: {},
    stdin: async () => text,
    findSource: async (want) => (want.kind === kind.kind ? kind : undefined),
  })
  const { statuses, topology, findings: compiled } = compile(resources)
  const routes = Object.fromEntries([...topology.routes.values()].map((route) => [route.id, route]))
  return {
    resources,
    found: findings.map(formatFinding),
    warned: compiled.map(formatFinding).filter((line) => !line.includes('nothing reads')),
    statuses,
    topology,
    routes,
  }
}

describe('a sink', () => {
  it('is an addressable with one route, of the default policy, to what is behind it', async () => {
    const { topology, routes, statuses, resources } = await read(
      sink('k', undefined, ', annotations: {millrace.dev/dedupe: PT1H}'),
    )
    expect(topology.addressables.get('/default/k')).toMatchObject({ kind: 'KafkaSink', dedupeMs: 3_600_000 })
    expect(Object.keys(routes)).toEqual(['/default/k|KafkaSink|default/k|subscriber'])
    expect(topology.addressables.get('/default/k')?.routes).toEqual(Object.values(routes))
    expect(Object.values(routes)[0]).toMatchObject({ destination, policy: { retry: 10 }, reply: undefined })
    expect(resources[0]?.spec).toEqual({ topic: 'orders', note: 'none' })
    expect(statuses.get('KafkaSink default/k')).toMatchObject({
      address: { name: 'http', url: '/default/k' },
      conditions: [
        { type: 'Addressable', status: 'True' },
        { type: 'ConnectionEstablished', status: 'Unknown', reason: 'NotStarted' },
        { type: 'EventPoliciesReady', status: 'True' },
        { type: 'Ready', status: 'Unknown' },
        { type: 'TopicReady', status: 'Unknown' },
      ],
    })
  })

  it.each([
    ['topic: a, tpoic: b', 'spec.tpoic: unknown field, did you mean "topic"?'],
    ['note: a', 'spec.topic: is missing, must be a text'],
    ['topic: no', 'spec.topic: is "no", must be more'],
  ])('with {%s} is refused', async (spec, message) => {
    expect((await read(sink('k', spec))).found).toEqual([`-:4: k: ${message}`])
  })

  it('shares its path with no addressable', async () => {
    expect((await read(documents(broker('k'), sink()))).found).toEqual([
      '-:8: k: metadata.name: takes the path /default/k of the Broker at -:3; rename one, such as to "k-kafkasink"',
    ])
  })

  it('may not change its topic', async () => {
    const [before, after] = await Promise.all([read(sink()), read(sink('k', 'topic: other'))])
    expect(checkImmutable(before.resources, after.resources).map(formatFinding)).toEqual([
      '-:4: k: spec.topic: is immutable and was "orders"; put it back, or declare a KafkaSink of another name',
    ])
  })

  it('of a package that cannot be used keeps what is sent to it', async () => {
    const { topology, routes, statuses } = await read(
      documents(broker('b'), trigger(`broker: b\nsubscriber: {${ref}}`), sink()),
      absent,
    )
    expect(topology.addressables.get('/default/k')?.routes[0]?.destination).toBeUndefined()
    expect(routes['/default/b|Trigger|default/t|subscriber']?.destination).toEqual({
      kind: 'addressable',
      path: '/default/k',
    })
    expect(statuses.get('KafkaSink default/k')?.conditions).toContainEqual({
      type: 'Ready',
      status: 'False',
      reason: 'PackageNotInstalled',
      message: 'it is not installed',
    })
  })
})

describe('a ref to a sink', () => {
  it('leads behind it, from a Trigger with its own policy', async () => {
    const spec = `broker: b\nsubscriber: {${ref}}\ndelivery: {retry: 2}`
    const { routes, statuses, warned } = await read(documents(broker('b'), trigger(spec), sink()))
    expect(warned).toEqual([])
    expect(routes['/default/b|Trigger|default/t|subscriber']).toMatchObject({
      destination,
      policy: { retry: 2 },
    })
    expect(statuses.get('Trigger default/t')?.subscriberUri).toBe('/default/k')
  })

  it('takes replies and dead letters by routes of their own', async () => {
    const spec = `subscriber: {uri: "http://x/"}\nreply: {${ref}}\ndelivery: {retry: 0, deadLetterSink: {${ref}}}`
    const { routes } = await read(documents(channel('c'), subscription(spec), sink()))
    const own = '/default/c|Subscription|default/s'
    expect(routes[`${own}|subscriber`]).toMatchObject({
      reply: { kind: 'route', route: `${own}|reply` },
      deadLetter: { kind: 'route', route: `${own}|deadletter` },
    })
    expect(routes[`${own}|reply`]?.destination).toEqual(destination)
    expect(routes[`${own}|deadletter`]?.destination).toEqual(destination)
  })

  it('of a name that is not there says what is', async () => {
    const spec = `broker: b\nsubscriber: {${ref.replace('name: k', 'name: kk')}}`
    expect((await read(documents(broker('b'), trigger(spec), sink()))).warned).toEqual([
      'warning -:11: t: spec.subscriber.ref: kafkasinks.eventing.knative.dev "kk" not found, did you mean "k"?',
    ])
  })

  it('refuses batches, and says that a format does nothing', async () => {
    const spec = `broker: b\nsubscriber: {${ref}}\ndelivery: {retry: 1, format: json}`
    const annotated = 'name: t, annotations: {millrace.dev/batch: 10/PT1S}'
    expect((await read(documents(broker('b'), trigger(spec, annotated), sink()))).found).toEqual([
      '-:8: t: metadata.annotations.millrace.dev/batch: stands on what leads to a KafkaSink, must be left out: there each event is a message of its own, and what is there at once goes out together',
      'notice -:12: t: spec.delivery.format: has no effect: how events are written to a KafkaSink says its own contentMode',
    ])
  })

  it('warns of what waits for an answer from it', async () => {
    const steps = `steps: [{${ref}}, {uri: "http://x/"}]`
    const message =
      'nothing goes on from here: what leads to kafka://k:9092/orders answers with no event; put it last, and leave out the reply'
    expect((await read(documents(flow('Sequence', steps), sink()))).warned).toEqual([
      `warning -:5: f: spec.steps[0]: ${message}`,
    ])
    expect(
      (await read(documents(flow('Sequence', `steps: [{uri: "http://x/"}, {${ref}}]`), sink()))).warned,
    ).toEqual([])
    const replying = subscription(`subscriber: {${ref}}\nreply: {uri: "http://x/"}`)
    expect((await read(documents(channel('c'), replying, sink()))).warned).toEqual([
      `warning -:11: s: spec.subscriber: ${message}`,
    ])
    const branches = `branches: [{filter: {${ref}}, subscriber: {${ref}}}]\nreply: {uri: "http://x/"}`
    expect((await read(documents(flow('Parallel', branches), sink()))).warned).toEqual([
      `warning -:5: f: spec.branches[0].filter: ${message}`,
    ])
  })
})

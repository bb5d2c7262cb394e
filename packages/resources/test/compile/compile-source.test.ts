import { expect, it } from 'vitest'
import { compile, formatFinding, loadManifests, sourceKind } from '../../src/index.ts'
import { broker, documents } from '../read-text.ts'

const kafka = sourceKind({
  kind: 'KafkaSource',
  plural: 'kafkasources',
  apiVersions: ['sources.knative.dev/v1'],
  spec: { properties: {} },
  conditions: ['ConnectionEstablished'],
  hasDelivery: true,
  labels: ['key-type'],
})

async function read(spec: string, annotation?: string, labels?: string) {
  const parts = [
    'name: s',
    ...(labels === undefined ? [] : [`labels: ${labels}`]),
    ...(annotation === undefined ? [] : [`annotations: {${annotation}}`]),
  ]
  const text = `apiVersion: sources.knative.dev/v1\nkind: KafkaSource\nmetadata: {${parts.join(', ')}}\nspec: {${spec}}`
  const { resources, findings } = await loadManifests(['-'], {
    env: {},
    stdin: async () => documents(text, broker('b')),
    findSource: async () => kafka,
  })
  const compiled = compile(resources)
  const [route] = compiled.topology.addressables.get('/default/s')?.routes ?? []
  const own = [...findings, ...compiled.findings].filter(({ name }) => name === 's')
  return { found: own.map(formatFinding), route }
}

const toUrl = 'sink: {uri: "http://a/"}'
const toBroker = 'sink: {ref: {apiVersion: eventing.knative.dev/v1, kind: Broker, name: b}}'
const delivery = 'delivery: {retry: 3}'

it('delivery has no effect where events reach the sink inside the store', async () => {
  expect((await read(`${toUrl}, ${delivery}`)).found).toEqual([])
  expect((await read(toBroker)).found).toEqual([])
  expect((await read(`${toBroker}, ${delivery}`)).found).toEqual([
    'notice -:4: s: spec.delivery: has no effect: events reach /default/b inside the store, without a request',
  ])
})

it('what a source could not read is set aside where its annotation says so, and then delivery has an effect', async () => {
  expect((await read(toUrl, 'millrace.dev/on-malformed: event')).route).not.toHaveProperty('setsAside')
  const { found, route } = await read(`${toBroker}, ${delivery}`, 'millrace.dev/on-malformed: dead-letter')
  expect(found).toEqual([])
  expect(route).toMatchObject({ setsAside: true })
  expect((await read(toUrl, 'millrace.dev/on-malformed: drop')).found).toEqual([
    '-:3: s: metadata.annotations.millrace.dev/on-malformed: is "drop", must be event or dead-letter',
  ])
})

it('labels have no effect, but for those that the kind goes by', async () => {
  expect((await read(toUrl, undefined, '{key-type: int}')).found).toEqual([])
  expect((await read(toUrl, undefined, '{key-type: int, team: a}')).found).toEqual([
    'notice -:3: s: metadata.labels: has no effect: nothing in Millrace selects by labels',
  ])
})

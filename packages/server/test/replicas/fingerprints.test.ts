import { loadManifests, type Resource } from '@millrace/resources'
import { expect, test } from 'vitest'
import { differences, fingerprintOf, fingerprintsOf } from '../../src/replicas/fingerprints.ts'

async function read(yaml: string): Promise<readonly Resource[]> {
  return (await loadManifests(['-'], { env: {}, stdin: async () => yaml })).resources
}

const broker = 'apiVersion: eventing.knative.dev/v1\nkind: Broker\nmetadata: {name: default}\n'

function trigger(name: string, uri: string): string {
  return `---\napiVersion: eventing.knative.dev/v1\nkind: Trigger\nmetadata: {name: ${name}}\nspec: {broker: default, subscriber: {uri: "${uri}"}}\n`
}

function secret(value: string): string {
  return `apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {token: ${value}}\n`
}

test('where a resource stands, and in which order, is no difference', async () => {
  const one = await read(broker + trigger('a', 'http://a/') + trigger('b', 'http://b/'))
  const other = await read(`${trigger('b', 'http://b/')}${trigger('a', 'http://a/')}---\n\n${broker}`)
  expect(fingerprintOf(fingerprintsOf(one))).toBe(fingerprintOf(fingerprintsOf(other)))
})

test('what another set has otherwise, and what only one of the two has, is named', async () => {
  const one = fingerprintsOf(await read(broker + trigger('a', 'http://a/') + trigger('b', 'http://b/')))
  const other = fingerprintsOf(await read(broker + trigger('a', 'http://x/') + trigger('c', 'http://c/')))
  expect(fingerprintOf(one)).not.toBe(fingerprintOf(other))
  expect(Object.fromEntries(differences(one, other))).toEqual({
    'Trigger default/a': 'another',
    'Trigger default/b': 'missing there',
    'Trigger default/c': 'missing here',
  })
})

test('nothing is told of what a Secret has in it', async () => {
  const [one, other] = [fingerprintsOf(await read(secret('x'))), fingerprintsOf(await read(secret('y')))]
  expect([...one]).toEqual([...other])
  expect(one.size).toBe(1)
})

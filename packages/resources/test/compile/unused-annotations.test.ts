import { expect, it } from 'vitest'
import { broker, channel, compileText, documents, subscription, trigger } from '../read-text.ts'

const annotated = (...names: readonly string[]) =>
  `name: x, annotations: {${names.map((name) => `millrace.dev/${name}`).join(', ')}}`
const all = ['batch: 5/PT1S', 'circuit: 5/PT1S', 'in-flight: "5"', 'rate: 5/s']
const toBroker = '{ref: {apiVersion: eventing.knative.dev/v1, kind: Broker, name: other}}'
const unused = ['batch', 'circuit', 'in-flight'].map((name) => ({
  severity: 'warning',
  path: `metadata.annotations.millrace.dev/${name}`,
  message: 'has no effect: events reach /default/other inside the store, without a request',
}))

async function found(...texts: readonly string[]): Promise<object[]> {
  const { findings } = await compileText(documents(...texts))
  return findings.filter(({ path }) => path?.startsWith('metadata.annotations'))
}

it('what is about requests is warned of where events go to another addressable', async () => {
  const asked = annotated(...all)
  const brokers = [broker('b'), broker('other')]
  expect(await found(...brokers, trigger(`broker: b\nsubscriber: ${toBroker}`, asked))).toMatchObject(unused)
  expect(await found(channel('c'), broker('other'), subscription(`reply: ${toBroker}`, asked))).toMatchObject(
    unused,
  )
})

it('all of them hold where events go to a URL', async () => {
  const asked = annotated(...all)
  expect(await found(broker('b'), trigger('broker: b\nsubscriber: {uri: "http://a/"}', asked))).toEqual([])
})

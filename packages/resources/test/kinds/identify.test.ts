import { describe, expect, it } from 'vitest'
import { ourKinds } from '../../src/kinds/identify.ts'
import { linesOf } from '../read-text.ts'

function linesFor(apiVersion: string, kind: string): Promise<string[]> {
  return linesOf(`apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: x}`)
}

const later = `is not supported by this version yet, which has ${ourKinds()}`

describe('kinds', () => {
  it.each([
    ['sources.knative.dev/v1alpha1', 'GitLabSource'],
    ['sinks.knative.dev/v1alpha1', 'IntegrationSink'],
    ['eventing.knative.dev/v1alpha1', 'EventPolicy'],
  ])('of a later version are an error that says so: %s %s', async (apiVersion, kind) => {
    expect(await linesFor(apiVersion, kind)).toEqual([`-:2: x: kind: ${kind} ${later}`])
  })

  it.each([
    ['sources.knative.dev/v1', 'SinkBinding', /is skipped: .* K_SINK/],
    ['sources.knative.dev/v1', 'ContainerSource', /is skipped: .* K_SINK/],
    ['sources.knative.dev/v1', 'ApiServerSource', /is skipped: there is no Kubernetes API/],
    ['eventing.knative.dev/v1beta3', 'EventType', /is skipped: it describes events/],
  ])(
    'that only a cluster can have are a warning that says what to do: %s %s',
    async (apiVersion, kind, text) => {
      const lines = await linesFor(apiVersion, kind)
      expect(lines).toEqual([expect.stringMatching(text)])
      expect(lines[0]).toMatch(/^warning -:2: x: kind: /)
    },
  )

  it.each([
    [
      'eventing.knative.dev/v1',
      'Brokr',
      'is "Brokr", no kind of eventing.knative.dev, did you mean "Broker"?',
    ],
    [
      'messaging.knative.dev/v1',
      'Chanel',
      'is "Chanel", no kind of messaging.knative.dev, did you mean "Channel"?',
    ],
    [
      'sources.knative.dev/v1',
      'PingSorce',
      'is "PingSorce", no kind of sources.knative.dev, did you mean "PingSource"?',
    ],
    ['flows.knative.dev/v1', 'Xyz', `is "Xyz", no kind of flows.knative.dev, this version has ${ourKinds()}`],
  ])('that our groups do not have are an error: %s %s', async (apiVersion, kind, message) => {
    expect(await linesFor(apiVersion, kind)).toEqual([`-:2: x: kind: ${message}`])
  })

  it.each([
    ['eventing.knative.dev/v1beta1', 'Broker', 'must be "eventing.knative.dev/v1" for a Broker'],
    ['messaging.knative.dev/v1', 'Trigger', 'must be "eventing.knative.dev/v1" for a Trigger'],
    ['v2', 'Secret', 'must be "v1" for a Secret'],
    ['eventing.knative.io/v1', 'Broker', 'a group that is not known, did you mean "eventing.knative.dev"?'],
    ['eventing.knative/v1', 'Trigger', 'a group that is not known, did you mean "eventing.knative.dev"?'],
  ])('in a wrong apiVersion are an error: %s %s', async (apiVersion, kind, message) => {
    expect(await linesFor(apiVersion, kind)).toEqual([`-:1: x: apiVersion: is "${apiVersion}", ${message}`])
  })

  it.each([
    ['v1', 'ConfigMap'],
    ['v1', 'Namespace'],
    ['apps/v1', 'Deployment'],
    ['serving.knative.dev/v1', 'Service'],
    ['eventing.knative.dev/v1alpha1', 'RabbitmqBrokerConfig'],
    ['networking.k8s.io/v1', 'Ingress'],
  ])('of others are skipped: %s %s', async (apiVersion, kind) => {
    expect(await linesFor(apiVersion, kind)).toEqual([
      `notice -:2: x: kind: skipped, not for Millrace: ${kind} (${apiVersion})`,
    ])
  })
})

import { describe, expect, it } from 'vitest'
import { formatFinding } from '../src/index.ts'
import { compileWhole, documents, readText } from './read-text.ts'

/*
 * Manifests in the shapes that Knative's documentation shows them, written anew: they load unchanged. The
 * Services that they name are given a URL by the template, as in docker-compose.
 */

const inMemory = `channelTemplate:
    apiVersion: messaging.knative.dev/v1
    kind: InMemoryChannel`

const brokerAndTriggers = `apiVersion: eventing.knative.dev/v1
kind: Broker
metadata:
  name: default
  namespace: shop
  annotations:
    eventing.knative.dev/broker.class: MTChannelBasedBroker
spec:
  config:
    apiVersion: v1
    kind: ConfigMap
    name: config-br-default-channel
    namespace: knative-eventing
  delivery:
    deadLetterSink:
      ref: {kind: Service, namespace: shop, name: broker-dead, apiVersion: serving.knative.dev/v1}
    backoffDelay: PT0.5S
    backoffPolicy: exponential
    retry: 5
---
apiVersion: eventing.knative.dev/v1
kind: Trigger
metadata:
  name: placed
  namespace: shop
spec:
  broker: default
  filter:
    attributes:
      type: dev.example.order.placed
      source: /orders
  delivery:
    deadLetterSink:
      ref: {kind: Service, name: trigger-dead, apiVersion: v1}
    retry: 1
  subscriber:
    ref: {apiVersion: serving.knative.dev/v1, kind: Service, name: warehouse}
    uri: /events
---
apiVersion: eventing.knative.dev/v1
kind: Trigger
metadata:
  name: filtered
  namespace: shop
spec:
  broker: default
  filters:
  - cesql: "source LIKE '%/orders%' AND type IN ('dev.example.order.placed', 'dev.example.order.paid')"
  - any:
    - prefix: {type: dev.example.}
    - suffix: {subject: .eu}
  subscriber:
    uri: http://warehouse.shop.svc.cluster.local
`

const sequenceToBroker = `apiVersion: flows.knative.dev/v1
kind: Sequence
metadata:
  name: steps
spec:
  ${inMemory}
  steps:
    - ref:
        apiVersion: serving.knative.dev/v1
        kind: Service
        name: first
      delivery:
        deadLetterSink:
          ref: {apiVersion: serving.knative.dev/v1, kind: Service, name: dead}
        retry: 2
    - ref:
        apiVersion: serving.knative.dev/v1
        kind: Service
        name: second
  reply:
    ref:
      kind: Broker
      apiVersion: eventing.knative.dev/v1
      name: default
---
apiVersion: eventing.knative.dev/v1
kind: Broker
metadata:
  name: default
---
apiVersion: eventing.knative.dev/v1
kind: Trigger
metadata:
  name: into-the-sequence
spec:
  broker: default
  filter:
    attributes:
      type: dev.example.begin
  subscriber:
    ref:
      apiVersion: flows.knative.dev/v1
      kind: Sequence
      name: steps
`

const sequenceToSequence = `apiVersion: flows.knative.dev/v1
kind: Sequence
metadata:
  name: first-half
spec:
  ${inMemory}
  steps:
    - ref: {apiVersion: serving.knative.dev/v1, kind: Service, name: one}
  reply:
    ref: {kind: Sequence, apiVersion: flows.knative.dev/v1, name: second-half}
---
apiVersion: flows.knative.dev/v1
kind: Sequence
metadata:
  name: second-half
spec:
  ${inMemory}
  steps:
    - ref: {apiVersion: serving.knative.dev/v1, kind: Service, name: two}
  reply:
    ref: {kind: Service, apiVersion: serving.knative.dev/v1, name: display}
`

const parallelWithFilters = `apiVersion: flows.knative.dev/v1
kind: Parallel
metadata:
  name: odd-even
spec:
  ${inMemory}
  branches:
    - filter:
        ref: {apiVersion: serving.knative.dev/v1, kind: Service, name: is-even}
      subscriber:
        ref: {apiVersion: serving.knative.dev/v1, kind: Service, name: even}
      reply:
        ref: {kind: InMemoryChannel, apiVersion: messaging.knative.dev/v1, name: evens}
    - filter:
        uri: http://filters.default.svc.cluster.local/is-odd
      subscriber:
        ref: {apiVersion: serving.knative.dev/v1, kind: Service, name: odd}
      delivery:
        retry: 3
        backoffPolicy: linear
        backoffDelay: PT2S
        deadLetterSink:
          uri: http://dead.default.svc.cluster.local
  reply:
    ref: {apiVersion: serving.knative.dev/v1, kind: Service, name: display}
---
apiVersion: messaging.knative.dev/v1
kind: InMemoryChannel
metadata:
  name: evens
---
apiVersion: messaging.knative.dev/v1
kind: Subscription
metadata:
  name: evens
spec:
  channel: {apiVersion: messaging.knative.dev/v1, kind: InMemoryChannel, name: evens}
  subscriber:
    ref: {apiVersion: serving.knative.dev/v1, kind: Service, name: display}
`

const channelAtEachLevel = `apiVersion: messaging.knative.dev/v1
kind: Channel
metadata:
  name: audit
spec:
  ${inMemory}
  delivery:
    deadLetterSink: {ref: {apiVersion: serving.knative.dev/v1, kind: Service, name: channel-dead}}
    retry: 4
---
apiVersion: messaging.knative.dev/v1
kind: Subscription
metadata:
  name: with-its-own
spec:
  channel: {apiVersion: messaging.knative.dev/v1, kind: Channel, name: audit}
  delivery:
    deadLetterSink: {ref: {apiVersion: serving.knative.dev/v1, kind: Service, name: subscription-dead}}
    retry: 5
    backoffPolicy: exponential
    backoffDelay: PT0.5S
  subscriber: {ref: {apiVersion: serving.knative.dev/v1, kind: Service, name: store}}
  reply: {ref: {apiVersion: messaging.knative.dev/v1beta1, kind: KafkaChannel, name: stored}}
---
apiVersion: messaging.knative.dev/v1beta1
kind: KafkaChannel
metadata:
  name: stored
spec:
  numPartitions: 3
  replicationFactor: 1
---
apiVersion: messaging.knative.dev/v1
kind: Subscription
metadata:
  name: stored
spec:
  channel: {apiVersion: messaging.knative.dev/v1beta1, kind: KafkaChannel, name: stored}
  subscriber: {ref: {apiVersion: v1, kind: Service, name: display}}
`

describe("manifests in the shapes of Knative's documentation", () => {
  it.each([
    ['a broker with triggers, dead letters at both levels', brokerAndTriggers, []],
    ['a sequence to a broker that leads into it', sequenceToBroker, ['loop', 'loop', 'loop']],
    ['a sequence to a sequence', sequenceToSequence, []],
    ['a parallel with filters', parallelWithFilters, []],
    ['channels, dead letters at both levels', channelAtEachLevel, []],
  ])('%s', async (_, text, warnings) => {
    const { findings } = await readText(text)
    expect(findings.filter(({ severity }) => severity !== 'notice').map(formatFinding)).toEqual([])
    const compiled = await compileWhole(text, { serviceUrlTemplate: 'http://{name}:8080' })
    const said = compiled.findings.map(({ message }) => (/ in a (loop), /.exec(message) ?? [message]).at(-1))
    expect(said).toEqual(warnings)
    for (const { conditions } of compiled.statuses.values())
      expect(conditions.find(({ type }) => type === 'Ready')).toEqual({ type: 'Ready', status: 'True' })
  })

  it('all together', async () => {
    const all = documents(sequenceToSequence, parallelWithFilters, channelAtEachLevel, brokerAndTriggers)
    expect((await readText(all)).findings.filter(({ severity }) => severity === 'error')).toEqual([])
  })
})

/** The path of the sample's broker. */
export const sampleBroker = '/default/default'

/** What each of the sample's triggers is there to show, by name. */
export const sampleTriggers = {
  print: 'prints what is no order: invoices, and what you send',
  reply: 'answers an order with an invoice',
  flaky: 'takes a heavy order at the third attempt',
  failing: 'never takes a gold order, which becomes a dead letter',
} as const

/**
 * A broker and four triggers.
 * @param sinks the base URL of the built-in sinks
 */
export function sampleManifests(sinks: string): string {
  return `apiVersion: eventing.knative.dev/v1
kind: Broker
metadata:
  name: default
  annotations:
    millrace.dev/archive: PT1H
---
apiVersion: eventing.knative.dev/v1
kind: Trigger
metadata:
  name: print
spec:
  broker: default
  filters:
    - not:
        prefix: { type: com.example.order. }
  subscriber:
    uri: ${sinks}/print
---
apiVersion: eventing.knative.dev/v1
kind: Trigger
metadata:
  name: reply
spec:
  broker: default
  filter:
    attributes:
      type: com.example.order.placed
  subscriber:
    uri: ${sinks}/reply
---
apiVersion: eventing.knative.dev/v1
kind: Trigger
metadata:
  name: flaky
spec:
  broker: default
  filters:
    - cesql: "type = 'com.example.order.placed' AND weight > 20"
  subscriber:
    uri: ${sinks}/flaky
  delivery:
    retry: 5
    backoffPolicy: linear
    backoffDelay: PT0.4S
---
apiVersion: eventing.knative.dev/v1
kind: Trigger
metadata:
  name: failing
spec:
  broker: default
  filters:
    - exact: { tier: gold }
  subscriber:
    uri: ${sinks}/failing
  delivery:
    retry: 1
    backoffPolicy: linear
    backoffDelay: PT1S
`
}

import { describe, expect, it } from 'vitest'
import { annotations } from '../../src/annotations/check-annotations.ts'
import { linesOf, readText } from '../read-text.ts'

type Kind = 'Trigger' | 'Subscription' | 'Broker' | 'Secret'

const apiVersions = {
  Trigger: 'eventing.knative.dev/v1',
  Subscription: 'messaging.knative.dev/v1',
  Broker: 'eventing.knative.dev/v1',
  Secret: 'v1',
}

function manifest(kind: Kind, annotation: string, brokerName = 'default'): string {
  const bodies = {
    Trigger: `spec: {broker: ${brokerName}, subscriber: {uri: "http://x/"}}`,
    Subscription:
      'spec: {channel: {apiVersion: messaging.knative.dev/v1, kind: Channel, name: c}, subscriber: {uri: "http://x/"}}',
    Broker: 'spec: {}',
    Secret: 'stringData: {}',
  }
  return `apiVersion: ${apiVersions[kind]}
kind: ${kind}
metadata:
  name: x
  annotations:
    ${annotation}
${bodies[kind]}`
}

async function found(kind: Kind, annotation: string, brokerName?: string): Promise<string[]> {
  const lines = await linesOf(manifest(kind, annotation, brokerName))
  return lines.map((line) => line.replace('-:6: x: metadata.annotations.', ''))
}

describe('annotations under millrace.dev/', () => {
  it.each([
    'millrace.dev/in-flight: "1"',
    'millrace.dev/in-flight: "10000"',
    'millrace.dev/backoff-max: PT10M',
    'millrace.dev/ordered-by: partitionkey',
    'millrace.dev/ordered-by: partitionkey,subject',
    'millrace.dev/rate: 100/s',
    'millrace.dev/rate: 1/h burst 20',
    'millrace.dev/delay: PT0S',
    'millrace.dev/delay: P30D',
    'millrace.dev/due-from: notbefore',
    'millrace.dev/batch: 100/PT1S',
    'millrace.dev/batch: 1/PT0S',
    'millrace.dev/circuit: 5/PT1S',
  ])('%s is right on a Trigger', async (annotation) => {
    expect(await found('Trigger', annotation)).toEqual([])
  })

  it.each(['producers/token', 'a.b-c/tls.key', 'a/_'])(
    'ingress-token: %s is right on a Broker',
    async (value) => {
      expect(await found('Broker', `millrace.dev/ingress-token: ${value}`)).toEqual([])
    },
  )

  it.each(['producers', 'a/b/c', '/token', 'producers/', 'Producers/token', 'a/b c'])(
    'ingress-token: %s is no key of a Secret',
    async (value) => {
      expect(await found('Broker', `millrace.dev/ingress-token: ${value}`)).toEqual([
        `millrace.dev/ingress-token: is "${value}", must be SECRET/KEY, such as producers/token`,
      ])
    },
  )

  it.each([
    ['in-flight: "0"', 'is "0", must be a whole number from 1 to 10000'],
    ['in-flight: "10001"', 'is "10001", must be a whole number from 1 to 10000'],
    ['in-flight: "1.5"', 'is "1.5", must be a whole number from 1 to 10000'],
    ['in-flight: " 5"', 'is " 5", must be a whole number from 1 to 10000'],
    ['in-flight: many', 'is "many", must be a whole number from 1 to 10000'],
    ['in-flight: 5', 'is 5, must be a text (in quotes: "5")'],
    ['backoff-max: 10m', 'is "10m", must be an ISO 8601 duration above zero such as PT10M'],
    [
      'ordered-by: Key',
      'is "Key", must be an attribute such as partitionkey, or several by commas, each once',
    ],
    [
      'ordered-by: a,,b',
      'is "a,,b", must be an attribute such as partitionkey, or several by commas, each once',
    ],
    [
      'ordered-by: a,a',
      'is "a,a", must be an attribute such as partitionkey, or several by commas, each once',
    ],
    ['on-failure: skip', 'is "skip", must be dead-letter or park'],
    ['on-failure: park', 'stands without millrace.dev/ordered-by, must be left out, or stand beside it'],
    ['rate: 0/s', 'is "0/s", must be a number above zero and s, m or h, such as 100/s or 100/s burst 20'],
    ['rate: 100/d', 'is "100/d", must be a number above zero and s, m or h, such as 100/s or 100/s burst 20'],
    [
      'rate: 100/s burst 0',
      'is "100/s burst 0", must be a number above zero and s, m or h, such as 100/s or 100/s burst 20',
    ],
    [
      'delay: -PT1S',
      'is "-PT1S", must be an ISO 8601 duration such as PT5M, not negative and at most 30 days (P30D)',
    ],
    [
      'delay: P31D',
      'is "P31D", must be an ISO 8601 duration such as PT5M, not negative and at most 30 days (P30D)',
    ],
    ['due-from: not-before', 'is "not-before", must be the name of an attribute, such as notbefore'],
    ['due-from: data', 'is "data", must be the name of an attribute, such as notbefore'],
    [
      'ordered-by: subject,data',
      'is "subject,data", must be an attribute such as partitionkey, or several by commas, each once',
    ],
    ['batch: 0/PT1S', 'is "0/PT1S", must be a number from 1 to 10000 and a duration, such as 100/PT1S'],
    ['batch: "100"', 'is "100", must be a number from 1 to 10000 and a duration, such as 100/PT1S'],
    ['circuit: 0/PT1S', 'is "0/PT1S", must be a number and a duration, both above zero, such as 5/PT1S'],
    ['circuit: 5/PT0S', 'is "5/PT0S", must be a number and a duration, both above zero, such as 5/PT1S'],
    ['paused: "yes"', 'is "yes", must be true or false'],
    ['backoff-max: PT0S', 'is "PT0S", must be an ISO 8601 duration above zero such as PT10M'],
  ])('%s is a bad value', async (annotation, message) => {
    const name = annotation.slice(0, annotation.indexOf(':'))
    expect(await found('Trigger', `millrace.dev/${annotation}`)).toEqual([`millrace.dev/${name}: ${message}`])
  })

  it.each([
    ['archive: P', 'is "P", must be an ISO 8601 duration above zero such as PT10M'],
    ['archive-size: "0"', 'is "0", must be a size above zero such as 1Gi, 500Mi or 1048576 (bytes)'],
    ['archive-size: 1GB', 'is "1GB", must be a size above zero such as 1Gi, 500Mi or 1048576 (bytes)'],
  ])('%s is a bad value of a broker', async (annotation, message) => {
    const name = annotation.slice(0, annotation.indexOf(':'))
    expect(await found('Broker', `millrace.dev/${annotation}`)).toEqual([`millrace.dev/${name}: ${message}`])
  })

  it('what has failed may be parked on an ordered route, by either annotation', async () => {
    for (const order of [
      'millrace.dev/ordered-by: subject',
      'kafka.eventing.knative.dev/delivery.order: ordered',
    ])
      expect(await found('Trigger', `${order}\n    millrace.dev/on-failure: park`)).toEqual([])
  })

  it('batches and an order exclude one another', async () => {
    const message = 'stands beside an order, must be left out: of one key one event is out at a time'
    for (const order of [
      'millrace.dev/ordered-by: subject',
      'kafka.eventing.knative.dev/delivery.order: ordered',
    ])
      expect(await linesOf(manifest('Trigger', `${order}\n    millrace.dev/batch: 9/PT1S`))).toEqual([
        `-:7: x: metadata.annotations.millrace.dev/batch: ${message}`,
      ])
  })

  it.each([
    ['millrace.dev/in-fligth', 'did you mean "millrace.dev/in-flight"?'],
    ['millrace.dev/backoffMax', 'did you mean "millrace.dev/backoff-max"?'],
    ['millrace.io/in-flight', 'did you mean "millrace.dev/in-flight"?'],
  ])('%s is unknown, and the nearest is named', async (name, suggestion) => {
    expect(await found('Trigger', `${name}: "5"`)).toEqual([`${name}: unknown annotation, ${suggestion}`])
  })

  it('an unknown one that is near to none lists those there are', async () => {
    const [line] = await found('Trigger', 'millrace.dev/xyzzyxyzzy: "5"')
    expect(line).toMatch(
      /^millrace\.dev\/xyzzyxyzzy: unknown annotation, there are in-flight, backoff-max, ingress-token, archive, /,
    )
  })

  it.each([
    ['Broker', 'in-flight', 'Trigger, Subscription'],
    ['Secret', 'backoff-max', 'Trigger, Subscription'],
    ['Trigger', 'archive', 'Broker, Channel, InMemoryChannel, KafkaChannel, Sequence, Parallel, a sink'],
    ['Trigger', 'missed-ticks', 'PingSource'],
    ['Broker', 'keep', 'a source'],
  ] as const)('on a %s %s does nothing, which is an error', async (kind, name, where) => {
    expect(await found(kind, `millrace.dev/${name}: "5"`)).toContain(
      `millrace.dev/${name}: does nothing on a ${kind}, it belongs on ${where}`,
    )
  })

  const later = annotations.flatMap(({ name, on, class: of }) => {
    const kind = (['Broker', 'Trigger'] as const).find((known) => on.includes(known))
    return of === 'later' && kind !== undefined ? [{ name, kind }] : []
  })

  it.each(later)('$name on a $kind is not supported yet, and never ignored', async ({ name, kind }) => {
    expect(await found(kind, `${name}: PT1H`)).toEqual([
      `${name}: is not supported by this version yet; leave it out`,
    ])
  })
})

describe("Knative's annotations", () => {
  it.each([
    'kafka.eventing.knative.dev/delivery.order: unordered',
    'kafka.eventing.knative.dev/delivery.order: ordered',
    'rabbitmq.eventing.knative.dev/parallelism: "1000"',
    `knative.dev/dependency: '{"apiVersion":"v1","kind":"Service","name":"s"}'`,
    `knative.dev/dependency: '{"apiVersion":"v1","kind":"Service","name":"s","namespace":"default"}'`,
  ])('%s is right on a Trigger', async (annotation) => {
    expect(await found('Trigger', annotation)).toEqual([])
  })

  it('an order for Kafka is right on a Subscription too, and to the letter', async () => {
    const name = 'kafka.eventing.knative.dev/delivery.order'
    expect(await found('Subscription', `${name}: ordered`)).toEqual([])
    expect(await found('Subscription', `${name}: orderd`)).toEqual([
      `${name}: is "orderd", must be ordered or unordered, did you mean "ordered"?`,
    ])
  })

  it.each([
    [
      'kafka.eventing.knative.dev/delivery.order: orderd',
      'is "orderd", must be ordered or unordered, did you mean "ordered"?',
    ],
    ['rabbitmq.eventing.knative.dev/parallelism: "1001"', 'is "1001", must be a whole number from 1 to 1000'],
    [
      'knative.dev/dependency: orders',
      'is "orders", must be a JSON object such as {"apiVersion":"eventing.knative.dev/v1","kind":"Broker","name":"orders"}',
    ],
    [
      `knative.dev/dependency: '{"kind":"Broker"}'`,
      'lacks apiVersion and name, must be a JSON object such as {"apiVersion":"eventing.knative.dev/v1","kind":"Broker","name":"orders"}',
    ],
    [
      `knative.dev/dependency: '{"apiVersion":"v1","kind":"Service","name":"s","namespace":"n"}'`,
      'names the namespace "n", must be in "default" as the trigger is, or leave it out',
    ],
    ['eventing.knative.dev/injection: yes', 'is "yes", must be enabled or disabled'],
  ])('%s is a bad value', async (annotation, message) => {
    const name = annotation.slice(0, annotation.indexOf(': '))
    expect(await found('Trigger', annotation)).toEqual([`${name}: ${message}`])
  })

  it('injection holds for the broker named default only', async () => {
    expect(await found('Trigger', 'eventing.knative.dev/injection: enabled', 'other')).toEqual([
      'eventing.knative.dev/injection: stands beside the broker "other", must be left out for any broker but "default"',
    ])
    expect(await found('Trigger', 'eventing.knative.dev/injection: enabled')).toEqual([
      'notice eventing.knative.dev/injection: has no effect: a broker is there when a manifest declares it',
    ])
  })

  it('the class of a broker has no effect, and is filled in', async () => {
    expect(await found('Broker', 'eventing.knative.dev/broker.class: Kafka')).toEqual([
      'notice eventing.knative.dev/broker.class: has no effect: there is one kind of broker here, and the store is chosen when Millrace is started',
    ])
    const { resources } = await readText(
      'apiVersion: eventing.knative.dev/v1\nkind: Broker\nmetadata: {name: b}',
    )
    expect(resources[0]?.metadata.annotations).toEqual({
      'eventing.knative.dev/broker.class': 'MTChannelBasedBroker',
    })
  })

  it('on a kind where it does nothing is inert', async () => {
    expect(await found('Broker', 'rabbitmq.eventing.knative.dev/parallelism: "5"')).toEqual([
      'notice rabbitmq.eventing.knative.dev/parallelism: has no effect on a Broker, it belongs on Trigger',
    ])
  })

  it('one that is mistyped is worth a warning, for those of others are inert', async () => {
    expect(await found('Trigger', 'knative.dev/dependancy: "{}"')).toEqual([
      'warning knative.dev/dependancy: unknown annotation, has no effect here, did you mean "knative.dev/dependency"?',
    ])
    expect(await found('Trigger', 'example.com/owner: me')).toEqual([
      'notice example.com/owner: has no effect: Millrace does not read it',
    ])
  })
})

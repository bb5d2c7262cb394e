import { describe, expect, it } from 'vitest'
import { linesOf, readText, trigger } from '../../read-text.ts'

const subscriber = 'subscriber: {uri: "http://x/"}'

describe('the broker of a Trigger', () => {
  it('is required', async () => {
    expect(await linesOf(trigger(subscriber))).toEqual([
      '-:4: t: spec.broker: is missing, must be the name of a Broker in the same namespace',
    ])
  })

  it('is named once, by broker or by brokerRef', async () => {
    const spec = `${subscriber}\nbroker: a\nbrokerRef: {apiVersion: eventing.knative.dev/v1, kind: Broker, name: a}`
    expect(await linesOf(trigger(spec))).toEqual([
      '-:7: t: spec.brokerRef: expected exactly one, got both: broker, brokerRef',
    ])
  })

  it('a brokerRef in its own namespace is as good as broker', async () => {
    const spec = `${subscriber}\nbrokerRef: {apiVersion: eventing.knative.dev/v1, kind: Broker, name: a, namespace: n}`
    const { resources, findings } = await readText(trigger(spec, 'name: t, namespace: n'))
    expect(findings).toEqual([])
    expect(resources[0]?.spec).toEqual({ broker: 'a', filter: {}, subscriber: { uri: 'http://x/' } })
  })

  it.each([
    [
      '{apiVersion: eventing.knative.dev/v1, kind: Broker, name: a, namespace: other}',
      '.namespace: is "other", another namespace, which is not supported; leave it out, or move the trigger there',
    ],
    ['{apiVersion: v1, kind: Service, name: a}', '.kind: is "Service", must be "Broker"'],
    [
      '{apiVersion: v1, kind: Broker, name: a}',
      '.apiVersion: is "v1", must be "eventing.knative.dev/v1" for a Broker',
    ],
    [
      '{apiVersion: eventing.knative.dev/v1, kind: Broker}',
      '.name: is missing, must be a text that is not empty',
    ],
  ])('a brokerRef may not be %s', async (reference, expected) => {
    expect(await linesOf(trigger(`${subscriber}\nbrokerRef: ${reference}`))).toEqual([
      `-:6: t: spec.brokerRef${expected}`,
    ])
  })
})

describe('the filters of a Trigger', () => {
  async function found(filters: string): Promise<string[]> {
    return linesOf(trigger(`broker: b\n${subscriber}\n${filters}`))
  }

  it('every problem has its path and line', async () => {
    const filters = `filters:
- exact: {type: ""}
- any:
  - prefix: {}
  - sufix: {type: x}
- exact: {type: a}
  prefix: {type: b}
- not:
    cesql: type =
- all: []
- exact:
    Type: 5`
    expect(await found(filters)).toEqual([
      '-:8: t: spec.filters[0].exact.type: is empty, expected a string of at least one character',
      '-:10: t: spec.filters[1].any[0].prefix: is empty, expected at least one attribute',
      '-:11: t: spec.filters[1].any[1].sufix: unknown field, did you mean "suffix"?',
      '-:12: t: spec.filters[2]: has 2 dialects (exact, prefix), expected exactly one of exact, prefix, suffix, all, any, not, cesql',
      '-:15: t: spec.filters[3].not.cesql: line 1, column 7: found the end, expected a value',
      '-:16: t: spec.filters[4].all: is empty, expected at least one filter',
      '-:18: t: spec.filters[5].exact.Type: is 5, must be a text (in quotes: "5")',
    ])
  })

  it('filter.attributes take lower-case names, and an empty value means present', async () => {
    expect(await found('filter: {attributes: {type: "", Source: x}}')).toEqual([
      '-:7: t: spec.filter.attributes.Source: is no attribute name, expected only lower-case letters and digits',
    ])
    expect(await found('filter: {atributes: {type: a}}')).toEqual([
      '-:7: t: spec.filter.atributes: unknown field, did you mean "attributes"?',
    ])
  })

  it('filters beside filter.attributes replace them, which is said', async () => {
    expect(await found('filters: [{exact: {type: a}}]\nfilter: {attributes: {type: b}}')).toEqual([
      'notice -:8: t: spec.filter: has no effect: filters stands beside it and replaces it',
    ])
    expect(await found('filters: []\nfilter: {attributes: {type: b}}')).toEqual([])
  })
})

describe('the subscriber of a Trigger', () => {
  it('is required', async () => {
    expect(await linesOf(trigger('broker: b'))).toEqual([
      '-:4: t: spec.subscriber: is missing, must be a map',
    ])
  })
})

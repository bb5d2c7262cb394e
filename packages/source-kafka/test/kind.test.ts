import { describe, expect, it } from 'vitest'
import { groupOf, kafkaSourceKind } from '../src/kind.ts'

function problems(spec: object, labels: Readonly<Record<string, string>> = {}) {
  const found: { readonly path: string; readonly of?: string; readonly message: string }[] = []
  const named = { apiVersion: 'sources.knative.dev/v1', namespace: 'default', name: 's', annotations: {} }
  kafkaSourceKind.validate?.({ ...named, labels, spec: { ...spec } }, (problem) => found.push(problem))
  return found
}

const selector = { secretKeyRef: { name: 'kafka', key: 'k' } }

describe('a KafkaSource', () => {
  it('has the defaults of Knative', () => {
    expect(kafkaSourceKind.withDefaults?.({ bootstrapServers: ['k:1'], topics: ['t'] })).toEqual({
      bootstrapServers: ['k:1'],
      topics: ['t'],
      consumers: 1,
      initialOffset: 'latest',
      ordering: 'ordered',
    })
  })

  it('without a group has one of its own, the same for ever', () => {
    const group = groupOf({ namespace: 'default', name: 'clicks' }, {})
    expect(group).toMatch(
      /^knative-kafka-source-[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    )
    expect(groupOf({ namespace: 'default', name: 'clicks' }, {})).toBe(group)
    expect(groupOf({ namespace: 'other', name: 'clicks' }, {})).not.toBe(group)
    expect(groupOf({ namespace: 'default', name: 'clicks' }, { consumerGroup: 'g1' })).toBe('g1')
  })

  it('says type and source of the events of each topic', () => {
    const spec = kafkaSourceKind.withDefaults!({ bootstrapServers: ['k:1'], topics: ['a', 'b'] })
    expect(kafkaSourceKind.ceAttributes?.({ namespace: 'default', name: 's', spec })).toEqual([
      { type: 'dev.knative.kafka.event', source: '/apis/v1/namespaces/default/kafkasources/s#a' },
      { type: 'dev.knative.kafka.event', source: '/apis/v1/namespaces/default/kafkasources/s#b' },
    ])
  })

  it('takes each type of keys by its label, and no other', () => {
    const label = 'kafkasources.sources.knative.dev/key-type'
    for (const type of ['string', 'int', 'float', 'byte-array'])
      expect(problems({}, { [label]: type })).toEqual([])
    expect(problems({}, { [label]: 'long' })).toEqual([
      { path: label, of: 'labels', message: 'is "long", must be string, int, float, byte-array' },
    ])
  })

  it('refuses what would be missing at run time', () => {
    expect(problems({ topics: ['a', 'a'] })).toEqual([{ path: 'topics', message: 'names a topic twice' }])
    expect(problems({ net: { sasl: { enable: true, user: selector } } })).toEqual([
      { path: 'net.sasl.password', message: 'is missing, it must name a key of a Secret' },
    ])
    expect(problems({ net: { tls: { enable: true, key: selector } } })).toEqual([
      { path: 'net.tls.cert', message: 'is missing, cert and key belong together' },
    ])
    expect(problems({ net: { sasl: { enable: false }, tls: { enable: false, key: selector } } })).toEqual([])
  })
})

import { describe, expect, it } from 'vitest'
import { findKind, kinds } from '../../src/index.ts'

describe('findKind', () => {
  it.each([
    ['broker', 'Broker'],
    ['Brokers', 'Broker'],
    ['TRIGGER', 'Trigger'],
    ['triggers', 'Trigger'],
    ['svc', 'Service'],
    ['services', 'Service'],
    ['secret', 'Secret'],
    ['imc', 'InMemoryChannel'],
    ['KafkaChannels', 'KafkaChannel'],
    ['sub', 'Subscription'],
  ])('%s is %s', (word, kind) => {
    expect(findKind(word)?.kind).toBe(kind)
  })

  it('knows no other', () => {
    expect(findKind('deployment')).toBeUndefined()
  })

  it('no two kinds have a name in common', () => {
    const names = kinds.flatMap(({ kind, plural, shortNames }) => [kind.toLowerCase(), plural, ...shortNames])
    expect(new Set(names).size).toBe(names.length)
  })
})

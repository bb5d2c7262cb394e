import type { Addressable } from '@millrace/core'
import { describe, expect, test } from 'vitest'
import { findAddressable } from '../../src/ingress/find-addressable.ts'

const addressables = new Map(
  [
    ['Broker', 'shop', 'orders'],
    ['Channel', 'shop', 'audit'],
    ['InMemoryChannel', 'shop', 'a.b'],
    ['KafkaChannel', 'other', 'audit'],
    ['Sequence', 'shop', 'enrich'],
    ['Parallel', 'shop', 'split'],
  ].map(([kind = '', namespace = '', name = '']): [string, Addressable] => {
    const path = `/${namespace}/${name}`
    return [path, { path, kind, namespace, name, routes: [] }]
  }),
)

function found(host: string, url = '/'): string | undefined {
  return findAddressable({ url, headers: { host } }, addressables)?.path
}

describe('an addressable', () => {
  test.each([
    ['audit-kn-channel.shop.svc.cluster.local', '/shop/audit'],
    ['audit-kn-channel.shop.svc.cluster.local:80', '/shop/audit'],
    ['audit-kn-channel.shop', '/shop/audit'],
    ['audit-kn-channel.shop:8080', '/shop/audit'],
    ['Audit-KN-Channel.SHOP.svc', '/shop/audit'],
    ['audit-kn-channel.other.svc', '/other/audit'],
    ['a.b-kn-channel.shop.svc', '/shop/a.b'],
    ['enrich-kn-sequence-0-kn-channel.shop.svc', '/shop/enrich'],
    ['split-kn-parallel-kn-channel.shop.svc', '/shop/split'],
  ])('at / with the host %s is %s', (host, path) => {
    expect(found(host)).toBe(path)
    expect(found(host, '/?a=b')).toBe(path)
  })

  test.each([
    ['a Broker', 'orders-kn-channel.shop.svc'],
    ['a flow by its bare name', 'enrich-kn-channel.shop.svc'],
    ['a later step of a flow', 'enrich-kn-sequence-1-kn-channel.shop.svc'],
    ['another namespace', 'a.b-kn-channel.other.svc'],
    ['no dots', 'audit-kn-channel'],
    ['no channel', 'audit.shop.svc'],
    ['nothing', ''],
  ])('is not found at / by the host of %s', (_, host) => {
    expect(found(host)).toBeUndefined()
  })

  test('is found by its path whatever the host; a host gives no other path', () => {
    expect(found('audit-kn-channel.shop.svc', '/shop/orders')).toBe('/shop/orders')
    expect(found('audit-kn-channel.shop.svc', '/x')).toBeUndefined()
  })

  test('the authority of an absolute target wins over the Host header', () => {
    expect(found('localhost', 'http://audit-kn-channel.shop.svc/')).toBe('/shop/audit')
    expect(found('localhost', 'http://audit-kn-channel.shop.svc')).toBe('/shop/audit')
    expect(found('audit-kn-channel.shop.svc', 'http://localhost/')).toBeUndefined()
  })
})

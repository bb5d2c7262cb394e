import { describe, expect, test } from 'vitest'
import { StoreUrlError } from '../src/index.ts'
import { storePlace } from '../src/store-url.ts'

describe('the URL of a store', () => {
  test.each<[string, object]>([
    ['redis://h', { store: 'millrace', server: { host: 'h', port: 6379, db: 0 } }],
    ['redis://h:7/3?name=orders', { store: 'orders', server: { host: 'h', port: 7, db: 3 } }],
    ['redis://u:p%40%2F@h:7', { server: { host: 'h', username: 'u', password: 'p@/' } }],
    ['redis://:p@[::1]:7', { server: { host: '::1', port: 7, password: 'p' } }],
    ['rediss://h', { server: { host: 'h', tls: { servername: 'h' } } }],
    ['rediss://127.0.0.1', { server: { host: '127.0.0.1', tls: {} } }],
    ['redis+unix:///run/redis.sock?db=2', { server: { path: '/run/redis.sock', db: 2 } }],
    [
      'redis-sentinel://a,b:7/main/2',
      {
        server: {
          sentinels: [
            { host: 'a', port: 26379 },
            { host: 'b', port: 7 },
          ],
          name: 'main',
          db: 2,
        },
      },
    ],
    [
      'redis-cluster://u:p@a:1,b:2',
      {
        server: { username: 'u', password: 'p' },
        cluster: [
          { host: 'a', port: 1 },
          { host: 'b', port: 2 },
        ],
      },
    ],
  ])('%s', (url, place) => {
    expect(storePlace(url)).toMatchObject(place)
  })

  test.each<[string, RegExp]>([
    ['redis://', /"" is no HOST/],
    ['redis://h:65536', /"h:65536" is no HOST/],
    ['redis://h/x', /"x" is no database number/],
    ['redis://a,b', /does not name one host/],
    ['redis://h?eviction=no', /must be allowed/],
    ['redis://h?nam=x', /unknown parameter nam/],
    ['redis://h?name=a{b', /other characters/],
    ['redis-sentinel://a', /does not name what the Sentinels watch/],
    ['redis-cluster://a/3', /no databases/],
    ['redis-ring://a', /redis-ring:\/\/ stores are not supported/],
    ['redis+unix://h/x', /does not name a socket/],
    ['nothing', /is not a store's URL/],
  ])('%s is refused', (url, message) => {
    expect(() => storePlace(url)).toThrow(StoreUrlError)
    expect(() => storePlace(url)).toThrow(message)
  })

  test('a password is never shown', () => {
    expect(storePlace('redis://u:secret@h').shown).toBe('redis://u:***@h')
    expect(() => storePlace('redis-cluster://u:secret@h/x')).toThrow(
      expect.not.objectContaining({ message: expect.stringContaining('secret') }),
    )
  })
})

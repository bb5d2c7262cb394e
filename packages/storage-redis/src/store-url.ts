import type { RedisOptions } from 'ioredis'

/** A store's URL that says nothing that can be used. */
export class StoreUrlError extends Error {}

/** Where a store is. */
export interface StorePlace {
  /** The store's name, which is the hash tag of its keys: several can share a Redis. */
  readonly store: string
  readonly redis: Omit<RedisOptions, 'replyMapping'>
  /** The URL without its password. */
  readonly shown: string
}

const defaultPort = 6_379
const defaultStore = 'millrace'
const usage =
  'use redis://[USER:PASSWORD@]HOST[:PORT][/DB], rediss://… for TLS or redis+unix:///PATH, with ?name=STORE where several share a Redis'

/**
 * `redis://[USER:PASSWORD@]HOST[:PORT][/DB][?name=STORE]`, `rediss://` over TLS, `redis+unix:///PATH[?db=N]`.
 * @throws {StoreUrlError} that says what is wrong and what would be right
 */
export function storePlace(url: string): StorePlace {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (parsed === undefined) throw new StoreUrlError(`"${url}" is not a URL; ${usage}`)
  const shown = shownUrl(parsed)
  const { protocol, hostname, port, username, password, pathname, searchParams } = parsed
  const store = searchParams.get('name') ?? defaultStore
  if (!/^[\w.-]+$/.test(store))
    throw new StoreUrlError(`${shown}: name="${store}" has other characters than letters, digits, - . and _`)
  for (const name of searchParams.keys())
    if (name !== 'name' && !(name === 'db' && protocol === 'redis+unix:'))
      throw new StoreUrlError(`${shown}: unknown parameter ${name}; ${usage}`)
  const account = {
    ...(username === '' ? {} : { username: decodeURIComponent(username) }),
    ...(password === '' ? {} : { password: decodeURIComponent(password) }),
  }
  switch (protocol) {
    case 'redis:':
    case 'rediss:': {
      if (hostname === '') throw new StoreUrlError(`${shown} names no host; ${usage}`)
      const db = database(pathname.replace(/^\//, ''), shown)
      const host = hostname.replace(/^\[(.*)\]$/, '$1')
      const tls = protocol === 'rediss:' ? { tls: { servername: host } } : {}
      const redis = { host, port: port === '' ? defaultPort : Number(port), db, ...account, ...tls }
      return { store, shown, redis }
    }
    case 'redis+unix:': {
      const path = decodeURIComponent(pathname)
      if (path === '' || path === '/') throw new StoreUrlError(`${shown} names no socket; ${usage}`)
      return { store, shown, redis: { path, db: database(searchParams.get('db') ?? '', shown), ...account } }
    }
    default:
      throw new StoreUrlError(`${protocol}// stores are not supported by this version; ${usage}`)
  }
}

function database(written: string, shown: string): number {
  if (!/^\d*$/.test(written))
    throw new StoreUrlError(`${shown}: "${written}" is no database number, such as 0`)
  return Number(written)
}

function shownUrl(url: URL): string {
  const copy = new URL(url)
  if (copy.password !== '') copy.password = '***'
  return copy.href
}

import { isIP } from 'node:net'
import type { RedisOptions } from 'ioredis'

/** A store's URL that says nothing that can be used. */
export class StoreUrlError extends Error {}

/** What ioredis is told to connect to one server. */
export type ServerOptions = Omit<RedisOptions, 'replyMapping'>

export interface Node {
  readonly host: string
  readonly port: number
}

/** Where a store is. */
export interface StorePlace {
  /** The store's name, which is the hash tag of its keys: several can share a Redis. */
  readonly store: string
  /** One server, one that Sentinels know of, or the node of a cluster that has the store's slot. */
  readonly server: ServerOptions
  /** Nodes of a cluster that may say which of them has the slot. */
  readonly cluster: readonly Node[] | undefined
  /** A server that throws keys away when memory is short may be used all the same. */
  readonly allowEviction: boolean
  /** The URL without its password. */
  readonly shown: string
}

const redisPort = 6_379
const sentinelPort = 26_379
const defaultStore = 'millrace'
const shape =
  /^(?<scheme>[a-z+-]+):\/\/(?:(?<account>[^@/?]*)@)?(?<hosts>[^/?]*)(?<path>\/[^?]*)?(?:\?(?<query>.*))?$/
const usage =
  'use redis://[USER:PASSWORD@]HOST[:PORT][/DB], rediss://… for TLS, redis+unix:///PATH, redis-sentinel://HOST[:PORT],…/NAME[/DB] or redis-cluster://HOST[:PORT],…; with ?name=STORE where several stores share a Redis'

/**
 * Reads `redis://`, `rediss://` (TLS), `redis+unix://`, `redis-sentinel://` and `redis-cluster://`.
 * @throws {StoreUrlError} that says what is wrong and what would be right
 */
export function storePlace(url: string): StorePlace {
  const parts = shape.exec(url)?.groups
  if (parts === undefined) throw new StoreUrlError(`"${url}" is not a store's URL; ${usage}`)
  const { scheme = '', account = '', hosts = '', path = '', query = '' } = parts
  const shown = shownUrl(url)
  const parameters = new URLSearchParams(query)
  const store = parameters.get('name') ?? defaultStore
  if (!/^[\w.-]+$/.test(store))
    throw new StoreUrlError(`${shown}: name="${store}" has other characters than letters, digits, - . and _`)
  const hasDatabase = scheme === 'redis+unix'
  for (const name of parameters.keys())
    if (name !== 'name' && name !== 'eviction' && !(name === 'db' && hasDatabase))
      throw new StoreUrlError(`${shown}: unknown parameter ${name}; ${usage}`)
  const eviction = parameters.get('eviction')
  if (eviction !== null && eviction !== 'allowed')
    throw new StoreUrlError(`${shown}: eviction="${eviction}" must be allowed, or be left out`)
  const login = loginOf(account, shown)
  const common = { store, shown, allowEviction: eviction === 'allowed' }
  const segments = path.split('/').filter((segment) => segment !== '')
  switch (scheme) {
    case 'redis':
    case 'rediss': {
      const [node, ...more] = nodesOf(hosts, redisPort, shown)
      if (node === undefined || more.length > 0 || segments.length > 1)
        throw new StoreUrlError(`${shown} does not name one host and a database; ${usage}`)
      // TLS has no names for addresses
      const servername = isIP(node.host) === 0 ? { servername: node.host } : {}
      const tls = scheme === 'rediss' ? { tls: servername } : {}
      const server = { ...node, ...login, ...tls, db: database(segments[0] ?? '', shown) }
      return { ...common, server, cluster: undefined }
    }
    case 'redis+unix': {
      if (segments.length === 0 || hosts !== '')
        throw new StoreUrlError(`${shown} does not name a socket; ${usage}`)
      const db = database(parameters.get('db') ?? '', shown)
      return { ...common, server: { path: decodeURIComponent(path), ...login, db }, cluster: undefined }
    }
    case 'redis-sentinel': {
      const [name, db = '', ...more] = segments
      if (name === undefined || more.length > 0)
        throw new StoreUrlError(`${shown} does not name what the Sentinels watch; ${usage}`)
      const sentinels = nodesOf(hosts, sentinelPort, shown)
      const server = { sentinels: [...sentinels], name, ...login, db: database(db, shown) }
      return { ...common, server, cluster: undefined }
    }
    case 'redis-cluster': {
      if (segments.length > 0)
        throw new StoreUrlError(`${shown}: a cluster has no databases and no path; ${usage}`)
      return { ...common, server: login, cluster: nodesOf(hosts, redisPort, shown) }
    }
    default:
      throw new StoreUrlError(`${shown}: ${scheme}:// stores are not supported by this version; ${usage}`)
  }
}

function nodesOf(hosts: string, defaultPort: number, shown: string): readonly Node[] {
  return hosts.split(',').map((each) => {
    const [, v6, host = v6, port] = /^(?:\[([\da-fA-F:.]+)\]|([^:[\]\s]+))(?::(\d{1,5}))?$/.exec(each) ?? []
    if (host === undefined || Number(port ?? defaultPort) > 65_535)
      throw new StoreUrlError(`${shown}: "${each}" is no HOST[:PORT]; ${usage}`)
    return { host, port: port === undefined ? defaultPort : Number(port) }
  })
}

function loginOf(account: string, shown: string): { username?: string; password?: string } {
  const colon = account.indexOf(':')
  const username = colon < 0 ? account : account.slice(0, colon)
  const password = colon < 0 ? '' : account.slice(colon + 1)
  try {
    return {
      ...(username === '' ? {} : { username: decodeURIComponent(username) }),
      ...(password === '' ? {} : { password: decodeURIComponent(password) }),
    }
  } catch {
    throw new StoreUrlError(`${shown}: a % in a user or password is written %25`)
  }
}

function database(written: string, shown: string): number {
  if (!/^\d*$/.test(written))
    throw new StoreUrlError(`${shown}: "${written}" is no database number, such as 0`)
  return Number(written)
}

function shownUrl(url: string): string {
  return url.replace(/^([^/]+:\/\/[^/@?]*?:)[^/@?]*(?=@)/, '$1***')
}

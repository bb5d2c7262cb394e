import type { EventRecord } from '@millrace/core'
import { compile, loadManifests } from '@millrace/resources'
import {
  encodeRecord,
  memoryStorage,
  type StorageLimits,
  type RouteNumber,
  type Storage,
} from '@millrace/storage'
import { exchange } from '@millrace/testkit'
import { AdminServer, type AdminOptions } from '../../src/control/admin-server.ts'
import { ManifestControl } from '../../src/control/manifest-control.ts'
import { Pauses } from '../../src/pauses.ts'
import { createChannels, type Channels } from '../../src/observability/channels.ts'
import { Peers } from '../../src/replicas/peers.ts'
import { Replicas } from '../../src/replicas/replicas.ts'
import { brokerWith } from '../topology-of.ts'

/** An admin port on a free port of loopback, over a store in memory and manifests that are in force. */
export interface TestAdmin extends AsyncDisposable {
  readonly url: string
  readonly storage: Storage
  readonly manifests: ManifestControl
  readonly errors: string[]
  readonly channels: Channels
  readonly replicas: Replicas
  /** The number of a trigger's subscriber route. */
  number(trigger: string): RouteNumber
  get(path: string): Promise<JsonAnswer>
  post(path: string, body: unknown, headers?: Readonly<Record<string, string>>): Promise<JsonAnswer>
}

/** An answer with its body read as JSON. */
export type JsonAnswer = Awaited<ReturnType<typeof ask>>

async function ask(method: string, url: string, body?: string, headers = {}) {
  const { status, text } = await exchange(method, url, { headers, body })
  return { status, text, json: JSON.parse(text) }
}

export interface TestAdminOptions extends Partial<
  Pick<AdminOptions, 'token' | 'reasons' | 'routeState' | 'turns' | 'channels'>
> {
  readonly yaml?: string
  readonly now?: () => number
  readonly limits?: StorageLimits
}

/** Triggers `first` and `second` of `/shop/default`, unless other manifests are given. */
export async function startAdmin(options: TestAdminOptions = {}): Promise<TestAdmin> {
  const {
    yaml = brokerWith('shop', ['first', 'second']),
    now = Date.now,
    channels = createChannels(),
  } = options
  const storage = memoryStorage({ now, ...(options.limits && { limits: options.limits }) })
  const errors: string[] = []
  const log = {
    info: () => undefined,
    warn: () => undefined,
    error: (_fields: object, message: string) => void errors.push(message),
  }
  let numbers: ReadonlyMap<string, RouteNumber> = new Map()
  const manifests = new ManifestControl({
    files: ['-'],
    read: () => loadManifests(['-'], { env: {}, stdin: async () => yaml }),
    compile: (resources) => compile(resources),
    apply: async ({ topology }) => {
      numbers = await storage.routes.register([...topology.routes.keys()])
    },
    channels,
    log,
    now,
  })
  await manifests.load()
  const replicas = new Replicas({
    storage,
    peers: new Peers(storage, () => undefined),
    version: '1.2.3',
    addresses: () => ({ ingress: 'http://127.0.0.1:8080', admin: 'http://127.0.0.1:8081' }),
    states: () => [],
    log,
    now,
  })
  const server = new AdminServer({
    listen: { host: '127.0.0.1', port: 0 },
    version: '1.2.3',
    pid: 42,
    storeUrl: 'memory:',
    storage,
    ingressUrl: () => 'http://127.0.0.1:8080',
    reasons: () => [],
    manifests,
    routeOf: (number) => {
      const { topology } = manifests.state?.compilation ?? {}
      const [id] = [...numbers].find(([, each]) => each === number) ?? []
      return id === undefined ? undefined : topology?.routes.get(id)
    },
    numberOf: (id) => numbers.get(id),
    turns: { idle: async () => new Set(), cancel: async () => [] },
    replicas,
    routeState: () => ({ inFlight: 0, lastError: undefined, paused: false }),
    skipParked: async (parked) => {
      const deadLetters = [{ route: parked.route, details: parked.details }]
      return (await storage.parked.skip(parked, { deadLetters })).kind === 'settled'
    },
    resetSource: async () => undefined,
    pauses: await Pauses.open(storage, () => undefined),
    sources: { kinds: () => [], columnsOf: () => [], statusOf: (_, compiled) => compiled },
    channels,
    metrics: {
      contentType: 'text/plain; version=0.0.4',
      async *text() {
        yield 'one 1\n'
        yield 'two 2\n'
      },
    },
    log,
    now,
    ...options,
  })
  const url = await server.start()

  return {
    url,
    storage,
    manifests,
    errors,
    channels,
    replicas,
    number(trigger) {
      const end = `|shop/${trigger}|subscriber`
      const id = [...numbers.keys()].find((each) => each.endsWith(end)) ?? end
      const number = numbers.get(id)
      if (number === undefined) throw new Error(`${id} is not registered: ${[...numbers.keys()].join(' ')}`)
      return number
    },
    get: (path) => ask('GET', url + path),
    post: (path, body, headers) =>
      ask('POST', url + path, JSON.stringify(body), { 'content-type': 'application/json', ...headers }),
    async [Symbol.asyncDispose]() {
      await server.stop()
      await storage.close()
    },
  }
}

/** The stored form of an event. */
export function stored(id: string, data = '{"n": 12345678901234567890}'): Uint8Array {
  const attributes = {
    specversion: '1.0',
    id,
    source: '/s',
    type: `type.${id}`,
    datacontenttype: 'application/json',
  }
  const record: EventRecord = {
    event: {
      attributes: Object.assign(Object.create(null) as object, attributes),
      data: new TextEncoder().encode(data),
      dataForm: 'binary',
    },
    headers: {},
    acceptedAt: 0,
  }
  return encodeRecord(record)
}

/** Stores an event for a route and lets it wait. */
export async function wait(storage: Storage, route: RouteNumber, record: Uint8Array): Promise<void> {
  await storage.append([{ owner: '/shop/default', record, to: [{ route, lease: false }] }])
}

/** Stores an event for a route and makes it a dead letter at once. */
export async function bury(
  storage: Storage,
  route: RouteNumber,
  record: Uint8Array,
  details: { readonly type?: string; readonly at?: number; readonly ofReply?: true } = {},
): Promise<void> {
  const [result] = await storage.append([{ owner: '/shop/default', record, to: [{ route, lease: true }] }])
  const [lease] = result?.kind === 'stored' ? result.leases : []
  if (lease === undefined) throw new Error('there is no lease')
  const { type, at = 1_000, ofReply } = details
  const letter = {
    route,
    details: {
      reason: 'the answer was 400',
      ...(ofReply === undefined ? {} : { ofReply }),
      code: 400,
      attempts: 1,
      firstAttempt: at,
      lastAttempt: at,
      destination: 'http://127.0.0.1:9/first',
      ...(type === undefined ? {} : { type }),
    },
  }
  await storage.settle([{ lease, outcome: { kind: 'done' }, deadLetters: [letter] }])
}

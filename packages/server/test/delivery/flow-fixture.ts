import { compileFilter, type Addressable, type Route, type Topology } from '@millrace/core'
import { memoryStorage, type Storage } from '@millrace/storage'
import { createAccept, type Accept } from '../../src/accept.ts'
import { Delivery } from '../../src/delivery/delivery.ts'
import { Flow, LiveTopology } from '../../src/flow.ts'
import { createChannels } from '../../src/observability/channels.ts'
import type { SinkSends } from '../../src/sink-sends.ts'
import { Supervisor } from '../../src/supervisor.ts'

export type RouteParts = Partial<Omit<Route, 'policy' | 'filter' | 'id'>> & {
  name: string
  /** Matches this type only. */
  type?: string
  policy?: Partial<Route['policy']>
}

export function route(parts: RouteParts): Route {
  const { type, policy, name, ...rest } = parts
  const role = rest.role ?? 'subscriber'
  const addressable = rest.addressable ?? '/default/b'
  return {
    id: `${addressable}|Trigger|default/${name}|${role}`,
    role,
    addressable,
    kind: 'Trigger',
    namespace: 'default',
    name,
    filter: compileFilter(type === undefined ? {} : { attributes: { type } }),
    destination: undefined,
    reply: { kind: 'addressable', path: addressable },
    deadLetter: undefined,
    inFlight: 100,
    ...rest,
    policy: {
      retry: 3,
      backoffPolicy: 'exponential',
      backoffDelayMs: 1,
      backoffMaxMs: undefined,
      timeoutMs: 5_000,
      retryAfterMaxMs: 600_000,
      format: undefined,
      ...policy,
    },
  }
}

export function topology(routes: readonly Route[], paths: readonly string[] = ['/default/b']): Topology {
  const addressables = paths.map((path): Addressable => {
    const [, namespace = '', name = ''] = path.split('/')
    const own = routes.filter((each) => each.addressable === path && each.role === 'subscriber')
    return { path, kind: 'Broker', namespace, name, routes: own }
  })
  return {
    addressables: new Map(addressables.map((each) => [each.path, each])),
    routes: new Map(routes.map((each) => [each.id, each])),
  }
}

/** The delivery half on a store, without HTTP in. */
export class Mill implements AsyncDisposable {
  readonly storage: Storage
  readonly flow: Flow
  readonly delivery: Delivery
  readonly channels = createChannels()
  readonly errors: string[] = []
  readonly accept: Accept
  readonly #supervisor: Supervisor
  #ids = 0

  constructor(storage: Storage, live: LiveTopology, maxInFlight: number, sinks?: SinkSends) {
    const log = {
      error: (_fields: object, message: string) => void this.errors.push(message),
    }
    this.storage = storage
    this.flow = new Flow(live)
    this.delivery = new Delivery({
      storage,
      flow: this.flow,
      maxInFlight,
      bodyLimitBytes: 64 * 1024,
      channels: this.channels,
      ...(sinks !== undefined && { sinks }),
      log,
      random: () => 0,
    })
    const { windows } = this.delivery
    this.accept = createAccept({ flow: this.flow, storage, windows, channels: this.channels }).accept
    this.#supervisor = new Supervisor(log)
    for (const worker of this.delivery.workers) this.#supervisor.start(worker)
  }

  /** Posts events of a type to an addressable; → their ids. */
  async post(count: number, type = 'a', path = '/default/b', attributes: object = {}): Promise<string[]> {
    const addressable = this.flow.current.topology.addressables.get(path)
    if (addressable === undefined) throw new Error(`no addressable ${path}`)
    const ids = Array.from({ length: count }, () => `e${(this.#ids += 1)}`)
    const results = await Promise.all(
      ids.map((id) =>
        this.accept(addressable, [
          {
            event: {
              attributes: {
                specversion: '1.0',
                id,
                source: '/test',
                type,
                knativebrokerttl: 255,
                ...attributes,
              },
              data: new TextEncoder().encode(`{"id":"${id}"}`),
              dataForm: 'binary',
            },
            headers: { 'x-request-id': `r-${id}` },
            acceptedAt: Date.now(),
          },
        ]),
      ),
    )
    for (const result of results) if (result.kind !== 'accepted') throw new Error(`it was ${result.kind}`)
    return ids
  }

  /** Puts other routes in force, as a reload does. */
  async reload(next: Topology): Promise<void> {
    const numbers = await this.storage.routes.register([...next.routes.keys()])
    const live = new LiveTopology(next, numbers)
    this.flow.swap(live)
    await this.delivery.apply(live)
  }

  async unsettled(): Promise<number> {
    return (await this.storage.stats()).reduce((sum, each) => sum + each.unsettled, 0)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.delivery.stop(50)
    await this.#supervisor.stop()
    await this.storage.close()
  }
}

export async function startMill(
  initial: Topology,
  options: { maxInFlight?: number; storage?: Storage; sinks?: SinkSends } = {},
): Promise<Mill> {
  const storage = options.storage ?? memoryStorage()
  const numbers = await storage.routes.register([...initial.routes.keys()])
  const live = new LiveTopology(initial, numbers)
  const mill = new Mill(storage, live, options.maxInFlight ?? 1_000, options.sinks)
  await mill.delivery.apply(live)
  return mill
}

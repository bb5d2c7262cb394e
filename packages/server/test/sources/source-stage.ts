import type { EventRecord } from '@millrace/core'
import { compile, loadManifests, sourceKind, type Resource } from '@millrace/resources'
import { resourceKey } from '@millrace/resources'
import { defineSource, type DefinedSource, type Source } from '@millrace/source-sdk'
import { TestClock } from '@millrace/source-sdk/conformance'
import { memoryStorage, type Storage } from '@millrace/storage'
import { createAccept, type AcceptEach } from '../../src/accept.ts'
import { Delivery } from '../../src/delivery/delivery.ts'
import { Flow, LiveTopology } from '../../src/flow.ts'
import { createChannels } from '../../src/observability/channels.ts'
import { ProblemReports } from '../../src/sources/problem-reports.ts'
import { SourceCounters } from '../../src/sources/source-counters.ts'
import { SourceHost } from '../../src/sources/source-host.ts'

export const broker = 'apiVersion: eventing.knative.dev/v1\nkind: Broker\nmetadata: {name: b}'
export const trigger =
  'apiVersion: eventing.knative.dev/v1\nkind: Trigger\nmetadata: {name: t}\nspec: {broker: b, subscriber: {uri: "http://127.0.0.1:9/"}}'
export const toBroker = 'sink: {ref: {apiVersion: eventing.knative.dev/v1, kind: Broker, name: b}}'

/** A manifest of the source under test; the lines of its spec, each indented by two. */
export function scripted(spec: readonly string[], metadata = 'name: s'): string {
  const lines = spec.map((line) => `  ${line}`)
  return [
    'apiVersion: test.millrace.dev/v1',
    'kind: ScriptedSource',
    `metadata: {${metadata}}`,
    'spec:',
    ...lines,
  ].join('\n')
}

export function secretOf(value: string): string {
  return `apiVersion: v1\nkind: Secret\nmetadata: {name: k}\nstringData: {v: ${JSON.stringify(value)}}`
}

export const secretRef = { secretKeyRef: { name: 'k', key: 'v' } }

/** A source that does what a test wants. */
export function scriptedSource(parts: Omit<Source, 'kind'>): DefinedSource {
  return defineSource({
    kind: {
      kind: 'ScriptedSource',
      plural: 'scriptedsources',
      apiVersions: ['test.millrace.dev/v1'],
      spec: { properties: { n: { type: 'integer' } } },
      conditions: ['Connected'],
    },
    ...parts,
  })
}

export interface StageOptions {
  readonly storage?: Storage
  /** As on a store that several processes work on. */
  readonly shared?: boolean
  readonly clock?: TestClock
  readonly publicUrl?: string
}

/** A host of sources on a store in memory, with the topology of manifests: one process, as far as sources see. */
export class SourceStage implements AsyncDisposable {
  readonly storage: Storage
  readonly clock: TestClock
  readonly counters = new SourceCounters()
  readonly host: SourceHost
  readonly accepted: { path: string; record: EventRecord }[] = []
  readonly logged: string[] = []
  /** What is said to accepting instead of an answer, while there is something. */
  refuse: string | undefined
  /** The process is dead: nothing that it does is seen any more. */
  #dead: 'at once' | 'after the store' | undefined
  #flow: Flow | undefined
  #delivery: Delivery | undefined
  readonly #channels = createChannels()
  readonly #source: DefinedSource
  #statuses: ReturnType<typeof compile>['statuses'] = new Map()
  #resources: readonly Resource[] = []

  constructor(source: DefinedSource, options: StageOptions = {}) {
    const { storage = memoryStorage(), shared = false, clock = new TestClock(), publicUrl } = options
    this.storage = storage
    this.clock = clock
    this.#source = source
    const log = (fields: object, message: string): void =>
      void this.logged.push(JSON.stringify({ ...fields, message }))
    this.#channels.eventAccepted.subscribe(({ addressable, record }) =>
      this.accepted.push({ path: addressable.path, record }),
    )
    // read anew each time: a reload swaps it
    const current = (): LiveTopology => {
      if (this.#flow === undefined) throw new Error('no manifests are in force')
      return this.#flow.current
    }
    this.host = new SourceHost({
      parts: {
        storage: {
          capabilities: { ...storage.capabilities, shared },
          checkpoints: {
            ...storage.checkpoints,
            put: async (key, value, fence) => {
              if (this.#dead === undefined) await storage.checkpoints.put(key, value, fence)
            },
          },
          singletons: storage.singletons,
        },
        flow: {
          get current() {
            return current()
          },
        } as Flow,
        accept: (...given) => this.#accept(...given),
        room: async (routes, count) => this.#delivery?.readAhead.room(routes, count) ?? count,
        clock,
        upstream: { call: () => Promise.reject(new Error('there is nobody')), close: async () => undefined },
        counters: this.counters,
        problems: new ProblemReports(this.counters, { warn: log }),
        channels: this.#channels,
        log: { debug: log, info: log, warn: log, error: log },
        publicUrl,
        holder: crypto.randomUUID(),
      },
      finder: {
        find: async () => sourceKind(source.kind),
        sourceOf: () => this.#source,
      },
    })
  }

  /** Puts manifests in force, as a start or a reload does. */
  async apply(...documents: readonly string[]): Promise<void> {
    const { resources, findings } = await loadManifests(['-'], {
      env: {},
      stdin: async () => documents.join('\n---\n'),
      findSource: async ({ kind }) =>
        kind === this.#source.kind.kind ? sourceKind(this.#source.kind) : undefined,
    })
    const errors = findings.filter(({ severity }) => severity === 'error')
    if (errors.length > 0) throw new Error(JSON.stringify(errors))
    const { topology, statuses } = compile(resources)
    const numbers = await this.storage.routes.register([...topology.routes.keys()])
    const live = new LiveTopology(topology, numbers, this.#flow?.current)
    if (this.#flow === undefined) this.#flow = new Flow(live)
    else this.#flow.swap(live)
    this.#delivery ??= new Delivery({
      storage: this.storage,
      flow: this.#flow,
      maxInFlight: 1,
      bodyLimitBytes: 65_536,
      channels: this.#channels,
      log: { error: () => undefined },
    })
    await this.#delivery.apply(live)
    this.#resources = resources
    this.#statuses = statuses
    this.host.apply(resources)
  }

  /** A condition of the source under test, as `get` shows it. */
  condition(type: string, name = 's') {
    const resource = this.#resources.find(({ metadata }) => metadata.name === name)
    if (resource === undefined) return undefined
    const compiled = this.#statuses.get(resourceKey(resource)) ?? { conditions: [] }
    return this.host.statusOf(resource, compiled).conditions.find((each) => each.type === type)
  }

  ids(): string[] {
    return this.accepted.map(({ record }) => String(record.event.attributes['id']))
  }

  async #accept(...[to, items, advance]: Parameters<AcceptEach>): ReturnType<AcceptEach> {
    const { refuse } = this
    if (refuse !== undefined)
      return items.map(() => ({
        kind: 'refused',
        reason: 'unavailable',
        detail: refuse,
        retryAfterMs: 1_000,
      }))
    if (this.#flow === undefined || this.#delivery === undefined) throw new Error('no manifests are in force')
    if (this.#dead === 'at once') throw new Error('the process is dead')
    const { windows } = this.#delivery
    const { acceptEach } = createAccept({
      flow: this.#flow,
      storage: this.storage,
      windows,
      channels: this.#channels,
    })
    const result = await acceptEach(to, items, advance)
    if (this.#dead !== undefined) throw new Error('the process is dead')
    return result
  }

  /** What a kill -9 comes to: the next event is not stored, or stored and never acknowledged. */
  kill(when: 'at once' | 'after the store'): void {
    this.#dead = when
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.host.stop()
    await this.#delivery?.stop(0)
  }
}

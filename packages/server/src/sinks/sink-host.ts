import { isSink, type Resource, type ResourceStatus, type SinkResource } from '@millrace/resources'
import type { Clock } from '@millrace/source-sdk'
import type { SinkResult, SinkSend, SinkSends } from '../sink-sends.ts'
import { SecretValues } from '../sources/secret-values.ts'
import type { SourcesLog } from '../sources/source-parts.ts'
import type { SinkFinder } from './sink-finder.ts'
import { SinkRunner } from './sink-runner.ts'

export interface SinkHostOptions {
  readonly finder: Pick<SinkFinder, 'sinkOf'>
  readonly clock: Clock
  readonly log: SourcesLog
}

/** The sinks of the manifests that are in force. */
export class SinkHost implements SinkSends {
  readonly #options: SinkHostOptions
  readonly #runners = new Map<string, SinkRunner>()
  /** Those that were replaced or are gone, and still end. */
  readonly #leaving = new Set<SinkRunner>()
  #secrets = new SecretValues([])

  constructor(options: SinkHostOptions) {
    this.#options = options
  }

  /** What the manifests say now. To be called before a topology is in force that leads here. */
  apply(resources: readonly Resource[]): void {
    this.#secrets = new SecretValues(resources)
    const wanted = new Map(resources.filter(isSink).map((sink) => [pathOf(sink), sink]))
    for (const [path, runner] of this.#runners) {
      const now = wanted.get(path)
      if (now !== undefined && now.kind === runner.resource.kind && runner.runs(now)) wanted.delete(path)
      else {
        this.#runners.delete(path)
        this.#leave(runner)
      }
    }
    for (const [path, resource] of wanted) this.#open(path, resource)
  }

  send(send: SinkSend, done: (result: SinkResult) => void): void {
    const runner = this.#runners.get(send.sink)
    if (runner !== undefined) return runner.send(send, done)
    // its manifest went just now: the route that leads here goes too
    setImmediate(done, { kind: 'failed', failure: 'unready', error: `there is no sink ${send.sink}` })
  }

  abort(): void {
    for (const runner of [...this.#runners.values(), ...this.#leaving]) runner.abort()
  }

  /** Closes all. */
  async stop(): Promise<void> {
    for (const runner of this.#runners.values()) this.#leave(runner)
    this.#runners.clear()
    await Promise.all([...this.#leaving].map((runner) => runner.close()))
  }

  /** The status of a resource with what is known of it while it runs. */
  statusOf(
    { kind, metadata }: Pick<Resource, 'kind' | 'metadata'>,
    compiled: ResourceStatus,
  ): ResourceStatus {
    const runner = this.#runners.get(pathOf({ metadata }))
    return runner?.resource.kind === kind ? runner.status(compiled) : compiled
  }

  #open(path: string, resource: SinkResource): void {
    const sink = this.#options.finder.sinkOf(resource.kind)
    if (sink === undefined || resource.sink.missing !== undefined) return
    const { clock, log } = this.#options
    const runner = new SinkRunner({ resource, sink, secrets: () => this.#secrets, clock, log })
    this.#runners.set(path, runner)
    runner.start()
  }

  #leave(runner: SinkRunner): void {
    this.#leaving.add(runner)
    void runner.close().finally(() => this.#leaving.delete(runner))
  }
}

function pathOf({ metadata: { namespace, name } }: Pick<Resource, 'metadata'>): string {
  return `/${namespace}/${name}`
}

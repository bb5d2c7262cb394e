import { isSource, type Resource, type ResourceStatus, type SourceResource } from '@millrace/resources'
import type { Webhook } from '../webhooks.ts'
import { Deletions } from './deletions.ts'
import { SecretValues } from './secret-values.ts'
import type { SourceName } from './source-counters.ts'
import type { SourceFinder } from './source-finder.ts'
import type { SourceParts } from './source-parts.ts'
import { SourceRunner } from './source-runner.ts'
import { untilDone } from './until-done.ts'

export interface SourceHostOptions {
  readonly parts: SourceParts
  readonly finder: Pick<SourceFinder, 'find' | 'sourceOf'>
}

/** Runs the sources of the manifests that are in force. */
export class SourceHost {
  readonly #options: SourceHostOptions
  readonly #deletions: Deletions
  readonly #abort = new AbortController()
  readonly #runners = new Map<string, SourceRunner>()
  /** The end of what last ran, or was removed, by the name of a source: the next begins behind it. */
  readonly #ends = new Map<string, Promise<void>>()
  #resources: readonly Resource[] = []
  #secrets = new SecretValues([])
  /** Those that went too: what a source made upstream may have to be removed with what went along with it. */
  #everySecret = this.#secrets
  #started = false
  /** One change at a time. */
  #changing: Promise<void> = Promise.resolve()

  constructor(options: SourceHostOptions) {
    const { parts, finder } = options
    this.#options = options
    this.#deletions = new Deletions({ parts, finder, secrets: () => this.#everySecret })
  }

  /** What the manifests say now: sources that are called can be at once, runs begin once the host is started. */
  apply(resources: readonly Resource[]): void {
    this.#resources = resources
    this.#secrets = new SecretValues(resources)
    this.#everySecret = new SecretValues(resources, this.#everySecret)
    this.#follow()
    if (this.#started) this.#change()
  }

  /** Begins; the ingress port is open, so that upstream may call. */
  start(): void {
    this.#started = true
    this.#options.parts.problems.start()
    for (const [key, runner] of this.#runners) this.#begin(key, runner)
    this.#change()
  }

  /** Ends all runs, each of which has 5 s. */
  async stop(): Promise<void> {
    this.#started = false
    this.#abort.abort()
    await this.#changing
    await Promise.all([...this.#runners.values()].map((runner) => runner.stop()))
    await Promise.all(this.#ends.values())
    this.#options.parts.problems.stop()
    await this.#options.parts.upstream.close()
  }

  webhook(namespace: string, name: string): Webhook | undefined {
    const runner = this.#runners.get(`${namespace}/${name}`)
    return runner?.isCalled === true ? runner : undefined
  }

  /** Moves the position of a source; undefined: it is none that can be. */
  reset({ metadata }: Pick<Resource, 'metadata'>, to: string, apply: boolean) {
    const runner = this.#runners.get(`${metadata.namespace}/${metadata.name}`)
    return runner?.reset(to, apply) ?? Promise.resolve(undefined)
  }

  /** The status of a resource with what is known of it while it runs. */
  statusOf(
    { kind, metadata }: Pick<Resource, 'kind' | 'metadata'>,
    compiled: ResourceStatus,
  ): ResourceStatus {
    const runner = this.#runners.get(`${metadata.namespace}/${metadata.name}`)
    return runner?.resource.kind === kind ? runner.status(compiled) : compiled
  }

  /** Removes what is gone, also what went while no server ran. */
  #change(): void {
    const { clock } = this.#options.parts
    const { signal } = this.#abort
    this.#changing = this.#changing.then(async () => {
      const gone = await untilDone(() => this.#deletions.gone(this.#present()), { clock, signal })
      // it may have come back while the store was asked
      for (const name of gone ?? []) if (!this.#isPresent(name)) this.#remove(name)
    })
  }

  #follow(): void {
    const wanted = new Map(this.#resources.filter(isSource).map((source) => [keyOf(source), source]))
    for (const [key, runner] of this.#runners) {
      const source = wanted.get(key)
      if (source !== undefined && source.kind === runner.resource.kind && runner.runs(source)) continue
      if (source === undefined) this.#runners.delete(key)
      this.#ends.set(key, runner.stop())
    }
    for (const [key, source] of wanted) this.#ensure(key, source)
  }

  #ensure(key: string, resource: SourceResource): void {
    const { parts, finder } = this.#options
    const known = this.#runners.get(key)
    if (known?.resource.kind === resource.kind && known.runs(resource)) return
    const source = finder.sourceOf(resource)
    if (source === undefined || resource.source.missing !== undefined) {
      this.#runners.delete(key)
      return
    }
    const runner = new SourceRunner({ resource, source, parts, secrets: () => this.#secrets })
    if (known?.resource.kind === resource.kind) runner.conditions.inherit(known.conditions)
    this.#runners.set(key, runner)
    if (this.#started) this.#begin(key, runner)
  }

  /** Behind the end of what ran before, and once the store knows what is to be removed some day. */
  #begin(key: string, runner: SourceRunner): void {
    const { clock } = this.#options.parts
    const before = this.#ends.get(key) ?? Promise.resolve()
    runner.start(async (signal) => {
      await before
      await untilDone(() => this.#deletions.remember(runner.resource, runner.source), { clock, signal })
    })
  }

  #isPresent({ namespace, kind, name }: SourceName): boolean {
    return this.#present().some(
      (each) => each.namespace === namespace && each.kind === kind && each.name === name,
    )
  }

  #present(): SourceName[] {
    return this.#resources.filter(isSource).map(nameOf)
  }

  #remove(name: SourceName): void {
    const key = `${name.namespace}/${name.name}`
    const { log } = this.#options.parts
    const removed = (this.#ends.get(key) ?? Promise.resolve())
      .then(() => this.#deletions.remove(name, this.#abort.signal))
      .catch((err: unknown) => log.error({ err, ...name }, 'a source could not be removed'))
    this.#ends.set(key, removed)
  }
}

function keyOf({ metadata }: Pick<Resource, 'metadata'>): string {
  return `${metadata.namespace}/${metadata.name}`
}

function nameOf({ kind, metadata }: SourceResource): SourceName {
  return { namespace: metadata.namespace, kind, name: metadata.name }
}

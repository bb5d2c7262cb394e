import type { DeletionContext, RunContext, SourceContext } from '../context.ts'
import type { Advance, Emission, Emit, EmitResult } from '../emission.ts'
import type { HttpCall } from '../http-call.ts'
import { isSourceError, SourceError } from '../source-error.ts'
import type { SecretKeySelector } from '../source-kind.ts'
import type { DefinedSource } from '../source.ts'
import type { WebhookAnswer, WebhookRequest } from '../webhook.ts'
import { TestClock } from './test-clock.ts'
import type { TestStore } from './test-store.ts'

/** A manifest of a source, as far as a host needs it. */
export interface TestManifest {
  readonly namespace?: string
  readonly name?: string
  readonly annotations?: Readonly<Record<string, string>>
  readonly labels?: Readonly<Record<string, string>>
  /** Before its defaults. */
  readonly spec: Readonly<Record<string, unknown>>
  /** The Secrets of its namespace, by name and key. */
  readonly secrets?: Readonly<Record<string, Readonly<Record<string, string>>>>
  readonly webhookUrl?: string
}

export interface TestHostOptions {
  readonly source: DefinedSource
  readonly manifest: TestManifest
  readonly store: TestStore
  readonly clock?: TestClock
  readonly http: HttpCall
}

/** What a request came to; `unavailable` is what the host answers 503 for. */
export type CallResult = WebhookAnswer | { readonly kind: 'unavailable' } | { readonly kind: 'crashed' }

type AnySpec = object

/**
 * A host in the small, one process's worth: runs one source over a store that outlives it, by the rules of the
 * contract, and keeps all that the source says as it says it.
 */
export class TestHost {
  readonly clock: TestClock
  /** Conditions by type, as last said. */
  readonly conditions = new Map<string, { status: string; reason: string; message: string }>()
  readonly fields: Record<string, unknown> = {}
  /** Everything that was said in logs, conditions, fields and errors. */
  readonly said: string[] = []
  readonly problems: string[] = []
  /** Emissions that were handed over and have not been taken. */
  outstanding = 0
  mostOutstanding = 0
  crashed = false
  readonly #options: TestHostOptions
  readonly #abort = new AbortController()
  #run: Promise<void> = Promise.resolve()
  #wake = Promise.withResolvers<void>()

  constructor(options: TestHostOptions) {
    this.#options = options
    this.clock = options.clock ?? new TestClock()
  }

  /** Begins the run, which is begun again as its errors ask for, or at a nudge. */
  start(): void {
    this.#run = this.#keepRunning()
  }

  /** Ends the run, as the stop of a server or a change of the manifest does. */
  async stop(): Promise<void> {
    this.#abort.abort()
    await this.#run
  }

  /** The store takes events again, or upstream has changed: whatever waits looks again. */
  nudge(): void {
    this.#wake.resolve()
    this.#wake = Promise.withResolvers()
  }

  async call(request: WebhookRequest): Promise<CallResult> {
    const { source } = this.#options
    try {
      const answer = await source.handle?.(request, this.#context())
      if (answer === undefined) throw new Error('the source is not called')
      this.#say(answer)
      return this.crashed ? { kind: 'crashed' } : answer
    } catch (err) {
      if (this.crashed) return { kind: 'crashed' }
      this.#sayError(err)
      if (isSourceError(err) && err.kind === 'retryable') return { kind: 'unavailable' }
      throw err
    }
  }

  /** Calls `onDelete`. */
  async remove(): Promise<void> {
    const { emit: _, status: __, ...context } = this.#context()
    const farewell: DeletionContext<AnySpec> = { ...context, signal: this.#abort.signal }
    await this.#options.source.onDelete?.(farewell)
  }

  async #keepRunning(): Promise<void> {
    const { source } = this.#options
    const { signal } = this.#abort
    while (!signal.aborted && source.run !== undefined) {
      try {
        await source.run(this.#runContext())
        return
      } catch (err) {
        if (signal.aborted) return
        this.#failed(err)
        if (isSourceError(err) && err.kind === 'terminal') return
        const { afterMs = 1_000 } = isSourceError(err) ? err : {}
        await Promise.race([this.#nudged(), this.clock.until(this.clock.now() + afterMs, signal)])
      }
    }
  }

  /** Until something has changed, the run is to end, or the clock has moved. */
  async #nudged(): Promise<void> {
    const { signal } = this.#abort
    const aborted = new Promise<void>((resolve) =>
      signal.addEventListener('abort', () => resolve(), { once: true }),
    )
    await Promise.race([this.#wake.promise, aborted])
  }

  #failed(err: unknown): void {
    this.#sayError(err)
    const { reason, condition, message } = isSourceError(err)
      ? err
      : { reason: 'RunFailed', condition: undefined, message: String(err) }
    const type = condition ?? this.#options.source.kind.conditions[0]
    this.conditions.set(type, { status: 'False', reason, message })
  }

  #runContext(): RunContext<AnySpec> {
    return { ...this.#context(), signal: this.#abort.signal, emit: this.#emit(true) }
  }

  #context(): SourceContext<AnySpec> {
    const { source, manifest, store, http } = this.#options
    const { namespace = 'default', name = 'tested', annotations = {}, labels = {} } = manifest
    const log = (fields: object, message: string): void => this.#say({ ...fields, message })
    return {
      namespace,
      name,
      annotations,
      labels,
      spec: source.kind.withDefaults?.(manifest.spec) ?? manifest.spec,
      emit: this.#emit(false),
      checkpoint: {
        get: async (key = '') => store.checkpoints.get(key),
        put: async (value, key = '') => {
          if (!this.crashed) store.checkpoints.set(key, value)
        },
        delete: async (key = '') => void store.checkpoints.delete(key),
      },
      secret: (selector) => this.#secret(selector),
      status: {
        condition: (type, status, reason = '', message = '') => {
          this.#say({ type, status, reason, message })
          this.conditions.set(type, { status, reason, message })
        },
        set: (fields) => {
          this.#say(fields)
          Object.assign(this.fields, fields)
        },
        lag: () => undefined,
        problem: (reason, detail) => {
          this.#say(detail)
          this.problems.push(reason)
        },
      },
      log: { debug: log, info: log, warn: log, error: log },
      clock: this.clock,
      http,
      webhookUrl: manifest.webhookUrl,
    }
  }

  #secret({ secretKeyRef }: SecretKeySelector): readonly [string, ...string[]] {
    const value = this.#options.manifest.secrets?.[secretKeyRef.name]?.[secretKeyRef.key] ?? ''
    const [first, ...others] = value.split('\n').filter((line) => line !== '')
    if (first === undefined)
      throw SourceError.retryable('a Secret is missing', { reason: 'SecretMissing', afterMs: 2_000 })
    return [first, ...others]
  }

  /** A run's waits while the store refuses, a request's rejects; a crash never comes back. */
  #emit(waits: boolean): Emit {
    return async (emissions, advance) => {
      const list = Array.isArray(emissions) ? (emissions as readonly Emission[]) : [emissions as Emission]
      this.outstanding += list.length
      this.mostOutstanding = Math.max(this.mostOutstanding, this.outstanding)
      try {
        return await this.#take(list, waits, advance)
      } finally {
        this.outstanding -= list.length
      }
    }
  }

  async #take(list: readonly Emission[], waits: boolean, advance: Advance | undefined): Promise<EmitResult> {
    const { store } = this.#options
    const { signal } = this.#abort
    while (store.refuses) {
      if (!waits) throw SourceError.retryable('the store takes nothing now', { problem: 'store' })
      await this.#nudged()
      signal.throwIfAborted()
    }
    if (store.crash === 'before the store has it') await this.#die()
    for (const emission of list) store.check(emission)
    if (advance !== undefined && !store.advance(advance, list.length))
      return { stored: 0, duplicates: 0, moved: true }
    const news = list.map((emission) => store.take(emission))
    if (store.crash === 'before emit resolves') await this.#die()
    const stored = news.filter(Boolean).length
    return { stored, duplicates: list.length - stored }
  }

  /** The process is gone: nothing that the source does from here on is seen, and its run comes to an end. */
  async #die(): Promise<never> {
    this.#options.store.crash = undefined
    this.crashed = true
    this.#abort.abort()
    throw new Error('the process has died')
  }

  #say(what: unknown): void {
    this.said.push(
      JSON.stringify(what, (_, value: unknown) => (value instanceof Error ? String(value.stack) : value)) ??
        '',
    )
  }

  #sayError(err: unknown): void {
    this.said.push(String(err instanceof Error ? err.message : err))
  }
}

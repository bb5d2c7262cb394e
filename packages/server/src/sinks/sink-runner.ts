import type { ResourceStatus, SinkResource } from '@millrace/resources'
import {
  isSourceError,
  type Clock,
  type DefinedSink,
  type OpenSink,
  type SinkFailure,
} from '@millrace/source-sdk'
import type { SinkFailureCode, SinkResult, SinkSend } from '../sink-sends.ts'
import { LiveConditions } from '../sources/live-conditions.ts'
import { Blackening, type SecretValues } from '../sources/secret-values.ts'
import type { SourcesLog } from '../sources/source-parts.ts'
import { OutgoingBatches } from './outgoing-batches.ts'
import { outgoingEvent } from './outgoing-event.ts'
import { SinkSecrets } from './sink-secrets.ts'

const firstPauseMs = 1_000
const longestPauseMs = 15_000
/** What holds is looked at again after so long, and what could not be sent so long ago says nothing any more. */
const restMs = 30_000
/** How long what is under way has to end, and then the sink. */
const closeMs = 5_000

export interface SinkRunnerOptions {
  readonly resource: SinkResource
  readonly sink: DefinedSink
  readonly secrets: () => SecretValues
  readonly clock: Clock
  readonly log: SourcesLog
}

/** One manifest of a sink at work: what goes out by it, and whether it is fit for that. */
export class SinkRunner {
  readonly resource: SinkResource
  readonly conditions: LiveConditions
  readonly #options: SinkRunnerOptions
  readonly #blackening = new Blackening()
  readonly #secrets: SinkSecrets
  readonly #abort = new AbortController()
  readonly #batches: OutgoingBatches
  readonly #opened: OpenSink | SinkFailure
  #watched: Promise<void> = Promise.resolve()
  #closed: Promise<void> | undefined
  #failed = Promise.withResolvers<void>()
  #lastSend: { readonly failure: SinkFailure | undefined; readonly at: number } = {
    failure: undefined,
    at: 0,
  }

  constructor(options: SinkRunnerOptions) {
    const { resource, sink, secrets, clock, log } = options
    const { namespace, name } = resource.metadata
    this.resource = resource
    this.#options = options
    this.#secrets = new SinkSecrets(namespace, secrets, this.#blackening)
    this.conditions = new LiveConditions({
      types: sink.kind.conditions,
      now: () => clock.now(),
      changed: (condition) =>
        log.info({ kind: resource.kind, namespace, name, ...condition }, 'a condition of a sink has changed'),
    })
    this.#opened = this.#open()
    this.#batches = new OutgoingBatches(
      (sends) => this.#send(sends),
      (error) =>
        this.#sent({ kind: 'unavailable', reason: 'Timeout', message: `${error} without an answer` }),
    )
  }

  /** Looks whether it is fit, and goes on looking while it is not. */
  start(): void {
    this.#watched = this.#watch()
  }

  /** Whether it is open by what a manifest says now, with the Secrets that are in force. */
  runs({ apiVersion, metadata, spec }: SinkResource): boolean {
    const own = this.resource
    return (
      JSON.stringify([own.apiVersion, own.metadata.annotations, own.spec]) ===
        JSON.stringify([apiVersion, metadata.annotations, spec]) && !this.#secrets.haveChanged
    )
  }

  status(compiled: ResourceStatus): ResourceStatus {
    return this.conditions.over(compiled)
  }

  send(send: SinkSend, done: (result: SinkResult) => void): void {
    this.#batches.add(send, done)
  }

  /** Answers all that is under way `aborted`. */
  abort(): void {
    this.#batches.abort()
  }

  /** Lets what is under way end, and closes. */
  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  async #close(): Promise<void> {
    this.#abort.abort()
    await atMost(closeMs, Promise.all([this.#watched, this.#batches.ended()]))
    if (!isFailure(this.#opened)) await atMost(closeMs, this.#opened.close())
  }

  #open(): OpenSink | SinkFailure {
    const { resource, sink, clock, log } = this.#options
    const { namespace, name, annotations } = resource.metadata
    const fields = { kind: resource.kind, namespace, name }
    const at =
      (level: keyof SourcesLog): SourcesLog['info'] =>
      (own, message) =>
        log[level]({ ...fields, ...(this.#blackening.value(own) as object) }, message)
    try {
      return sink.open({
        namespace,
        name,
        annotations,
        spec: resource.spec,
        secret: this.#secrets.ask,
        status: { set: (own) => this.conditions.set(this.#blackening.value(own) as typeof own) },
        log: { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') },
        clock,
      })
    } catch (err) {
      const failure = { kind: 'unready', reason: 'OpenFailed', message: messageOf(err) } as const
      if (!isSourceError(err)) return failure
      const { reason, condition } = err
      return { ...failure, reason, ...(condition !== undefined && { condition }) }
    }
  }

  async #watch(): Promise<void> {
    const { clock } = this.#options
    const { signal } = this.#abort
    let pauseMs = firstPauseMs
    while (!signal.aborted) {
      const failure = (await this.#check(signal)) ?? this.#unsent
      if (signal.aborted) return
      this.#judge(failure)
      if (failure === undefined) {
        pauseMs = firstPauseMs
        await this.#untilFailed(clock.now() + restMs)
      }
      await clock.until(clock.now() + pauseMs, signal)
      pauseMs = Math.min(pauseMs * 2, longestPauseMs)
    }
  }

  /** Resolves at a time, or when something could not be sent before. */
  async #untilFailed(time: number): Promise<void> {
    const waiting = new AbortController()
    this.#failed = Promise.withResolvers<void>()
    const { signal } = waiting
    const late = this.#options.clock.until(time, AbortSignal.any([signal, this.#abort.signal]))
    await Promise.race([late, this.#failed.promise])
    waiting.abort()
  }

  /** Why nothing could be sent lately: to look at the other side does not show everything. */
  get #unsent(): SinkFailure | undefined {
    const { clock } = this.#options
    const { failure, at } = this.#lastSend
    return failure === undefined || clock.now() - at > restMs ? undefined : failure
  }

  async #check(signal: AbortSignal): Promise<SinkFailure | undefined> {
    if (isFailure(this.#opened)) return this.#opened
    try {
      return await this.#opened.check(signal)
    } catch (err) {
      return { kind: 'unavailable', message: messageOf(err) }
    }
  }

  async #send(sends: readonly SinkSend[]): Promise<readonly SinkResult[]> {
    const failures = await this.#failuresOf(sends)
    let found: SinkFailure | undefined
    const results = sends.map((_, index): SinkResult => {
      const failure = failures[index]
      if (failure === undefined) return { kind: 'sent' }
      if (failure.kind !== 'refused') found = failure
      return { kind: 'failed', failure: codeOf(failure), error: this.#blackening.text(failure.message) }
    })
    this.#sent(found)
    return results
  }

  /** How the last one that was sent fared. */
  #sent(failure: SinkFailure | undefined): void {
    this.#lastSend = { failure, at: this.#options.clock.now() }
    this.#judge(failure)
    if (failure !== undefined) this.#failed.resolve()
  }

  async #failuresOf(sends: readonly SinkSend[]): Promise<readonly (SinkFailure | undefined)[]> {
    const opened = this.#opened
    if (isFailure(opened)) return sends.map(() => opened)
    try {
      return await opened.send(sends.map(outgoingEvent))
    } catch (err) {
      const failure: SinkFailure = { kind: 'unavailable', message: messageOf(err) }
      return sends.map(() => failure)
    }
  }

  /** What holds is what comes, in the order of life, before what fails; of the rest nothing is known. */
  #judge(failure: SinkFailure | undefined): void {
    const { conditions: types } = this.#options.sink.kind
    const at = failure === undefined ? -1 : Math.max(0, types.indexOf(failure.condition ?? types[0]))
    for (const [index, type] of types.entries()) {
      if (failure === undefined || index < at) this.conditions.condition(type, 'True')
      else if (index > at)
        this.conditions.condition(type, 'Unknown', 'NotKnown', `${types[at]} has to hold first`)
      else {
        const { reason = 'Unavailable', message } = failure
        this.conditions.condition(type, 'False', reason, this.#blackening.text(message))
      }
    }
  }
}

function isFailure(opened: OpenSink | SinkFailure): opened is SinkFailure {
  return 'kind' in opened
}

function codeOf({ kind, timeout }: SinkFailure): SinkFailureCode {
  if (kind !== 'unavailable') return kind
  return timeout === true ? 'timeout' : 'connection'
}

/** Waits for work, which may fail, but not for ever. */
async function atMost(ms: number, work: Promise<unknown>): Promise<void> {
  const late = Promise.withResolvers<void>()
  const timer = setTimeout(late.resolve, ms)
  await Promise.race([work.catch(() => undefined), late.promise])
  clearTimeout(timer)
}

function messageOf(err: unknown): string {
  return err instanceof Error ? err.message : String(err)
}

import type { ResourceStatus, SourceResource } from '@millrace/resources'
import {
  isSourceError,
  SourceError,
  type DefinedSource,
  type ResetStep,
  type RunContext,
  type WebhookRequest,
} from '@millrace/source-sdk'
import type { Webhook, WebhookReply } from '../webhooks.ts'
import { LiveConditions } from './live-conditions.ts'
import type { SecretValues } from './secret-values.ts'
import { whileHolding, type Hold } from './single-holder.ts'
import type { SourceParts } from './source-parts.ts'
import { SourceRoom } from './source-room.ts'
import { internalReply, replyTo, replyToError, type Judged } from './webhook-reply.ts'

const firstPauseMs = 1_000
const longestPauseMs = 60_000
/** How long a run has to come to an end. */
const stopMs = 5_000

/** The name under which a source of which only one may be is run. */
interface Single {
  readonly name: string
  readonly hold: Hold
}

export interface RunnerOptions {
  readonly resource: SourceResource
  readonly source: DefinedSource
  readonly parts: SourceParts
  readonly secrets: () => SecretValues
}

/** One manifest of a source at work: its run, started again as it asks for, and its requests. */
export class SourceRunner implements Webhook {
  readonly resource: SourceResource
  readonly conditions: LiveConditions
  readonly #options: RunnerOptions
  readonly #room: SourceRoom
  readonly #abort = new AbortController()
  /** Conditions that the run under way has spoken of. */
  readonly #spoken = new Set<string>()
  #failure = ''
  #ended: Promise<void> = Promise.resolve()

  constructor(options: RunnerOptions) {
    const { resource, parts, source } = options
    const { log, clock } = parts
    this.#options = options
    this.resource = resource
    this.#room = new SourceRoom(options)
    this.conditions = new LiveConditions({
      types: source.kind.conditions,
      now: () => clock.now(),
      changed: (condition) =>
        log.info({ ...this.#room.name, ...condition }, 'a condition of a source has changed'),
    })
  }

  get methods(): readonly string[] {
    return this.#options.source.webhook?.methods ?? ['POST']
  }

  get bodyLimitBytes(): number | undefined {
    return this.#options.source.webhook?.bodyLimitBytes
  }

  get isCalled(): boolean {
    return this.#options.source.handle !== undefined
  }

  /** Whether it runs what a manifest says now, with the Secrets that are in force. */
  runs({ apiVersion, metadata, spec }: SourceResource): boolean {
    const own = this.resource
    return declared(own) === declared({ apiVersion, metadata, spec }) && !this.#room.hasOtherSecrets
  }

  status(compiled: ResourceStatus): ResourceStatus {
    return this.conditions.over(compiled)
  }

  get source(): DefinedSource {
    return this.#options.source
  }

  /** Begins when what comes before it is done. */
  start(prepare: (signal: AbortSignal) => Promise<void>): void {
    this.#ended = prepare(this.#abort.signal).then(() => this.#live())
  }

  /** Ends the run; resolves when it has, or has had its time. */
  async stop(): Promise<void> {
    this.#abort.abort()
    const { log } = this.#options.parts
    const late = Symbol('late')
    const timer = Promise.withResolvers<typeof late>()
    const timeout = setTimeout(() => timer.resolve(late), stopMs)
    const first = await Promise.race([this.#ended, timer.promise])
    clearTimeout(timeout)
    if (first === late)
      log.warn({ ...this.#room.name, afterMs: stopMs }, 'a source does not stop, it is left behind')
  }

  /** Moves its position, or says how it would be; what is wrong is thrown. */
  async reset(to: string, apply: boolean): Promise<readonly ResetStep[] | undefined> {
    return this.source.reset?.(this.#room.farewell(this.#abort.signal), to, apply)
  }

  async handle(request: WebhookRequest): Promise<WebhookReply> {
    this.#room.counts.received += 1
    const judged = await this.#judge(request)
    if (judged === undefined) return internalReply()
    const { reply, problem } = judged
    if (reply.kind === 'reply') return reply
    const detail = this.#shown(reply.problem)
    if (problem !== undefined) this.#report(problem.reason, detail)
    return { ...reply, problem: { ...reply.problem, detail } }
  }

  /** What a refusal says: a gap in a sentence that is known would tell a secret that is a word of it. */
  #shown({ status, detail }: { readonly status: number; readonly detail: string }): string {
    const shown = this.#room.blackening.text(detail)
    return status === 401 && shown !== detail ? 'it is not signed with the right credentials' : shown
  }

  tooLarge(detail: string): void {
    this.#room.counts.received += 1
    this.#report('too_large', detail)
  }

  async #judge(request: WebhookRequest): Promise<Judged | undefined> {
    const { source, parts } = this.#options
    try {
      const answer = await source.handle?.(request, this.#room.context(this.conditions))
      return answer === undefined ? undefined : replyTo(answer)
    } catch (err) {
      const judged = replyToError(err)
      if (judged === undefined)
        parts.log.error(
          { ...this.#room.name, err: this.#room.blackening.value(err) },
          'a source failed unexpectedly at a request',
        )
      return judged
    }
  }

  async #live(): Promise<void> {
    const { source, parts } = this.#options
    const { signal } = this.#abort
    if (signal.aborted) return
    if (source.run === undefined) return this.#holds()
    const { singletons, capabilities } = parts.storage
    if (source.singleton !== true || !capabilities.shared) return this.#keepRunning(signal)
    const { kind, namespace, name } = this.#room.name
    const hold = { singletons, name: `source ${kind} ${namespace}/${name}`, holder: parts.holder }
    await whileHolding({ ...hold, clock: parts.clock, signal }, (held) =>
      this.#keepRunning(held.signal, { name: hold.name, hold: held }),
    )
  }

  /** Runs until the signal aborts, again and again as errors ask for. */
  async #keepRunning(signal: AbortSignal, single?: Single): Promise<void> {
    const { clock } = this.#options.parts
    let pauseMs = firstPauseMs
    while (!signal.aborted) {
      const begun = clock.now()
      const error = await this.#runOnce(signal, single)
      if (signal.aborted) return
      if (error === undefined || error.kind === 'terminal') {
        await clock.until(Infinity, signal)
        return
      }
      if (clock.now() - begun > longestPauseMs) pauseMs = firstPauseMs
      await clock.until(clock.now() + (error.afterMs ?? pauseMs), signal)
      pauseMs = Math.min(pauseMs * 2, longestPauseMs)
    }
  }

  /** → why it failed; undefined: it returned, or the signal has aborted. */
  async #runOnce(signal: AbortSignal, single: Single | undefined): Promise<SourceError | undefined> {
    const { source, parts } = this.#options
    this.#spoken.clear()
    // one that fails again and again is said to once
    if (this.#failure === '') parts.channels.sourceRun.publish({ ...this.#room.name, state: 'started' })
    try {
      await source.run?.(this.#runContext(signal, single))
      if (!signal.aborted) this.#holds()
    } catch (err) {
      if (!signal.aborted) return this.#failed(err)
    }
    this.#failure = ''
    parts.channels.sourceRun.publish({ ...this.#room.name, state: 'stopped' })
    return undefined
  }

  #runContext(
    signal: AbortSignal,
    single: Single | undefined,
  ): RunContext<Readonly<Record<string, unknown>>> {
    const context = this.#room.context(this.conditions)
    const emit = this.#room.emitter.waiting(signal, single?.hold.confirm)
    return {
      ...context,
      ...(single !== undefined && {
        checkpoint: this.#room.fencedCheckpoint({ name: single.name, token: single.hold.token }),
      }),
      signal,
      emit: async (emissions, advance) => {
        const result = await emit(emissions, advance)
        this.#holds()
        return result
      },
      status: {
        ...context.status,
        condition: (type, status, reason, message) => {
          this.#spoken.add(type)
          context.status.condition(type, status, reason, message)
        },
      },
    }
  }

  /** All goes well, as far as the source has not said otherwise. */
  #holds(): void {
    for (const type of this.#options.source.kind.conditions)
      if (!this.#spoken.has(type)) this.conditions.condition(type, 'True')
  }

  #failed(err: unknown): SourceError {
    const { source, parts } = this.#options
    const error = isSourceError(err)
      ? err
      : SourceError.retryable((err as Error)?.message ?? String(err), { cause: err })
    const message = this.#room.blackening.text(error.message)
    const type = error.condition ?? source.kind.conditions[0]
    this.conditions.condition(type, 'False', error.reason, message)
    this.#report(error.problem, message)
    if (this.#failure !== message) {
      parts.channels.sourceRun.publish({ ...this.#room.name, state: 'failed', error: message })
      const cause = this.#room.blackening.value(isSourceError(err) ? error.cause : err)
      if (cause !== undefined) parts.log.debug({ ...this.#room.name, cause }, 'why a source failed')
    }
    this.#failure = message
    return error
  }

  #report(reason: Parameters<SourceParts['problems']['report']>[1], detail: string): void {
    this.#options.parts.problems.report(this.#room.name, reason, this.#room.blackening.text(detail))
  }
}

/** All of a manifest that a source is told. */
function declared({
  apiVersion,
  metadata,
  spec,
}: Pick<SourceResource, 'apiVersion' | 'metadata' | 'spec'>): string {
  return JSON.stringify([apiVersion, metadata.annotations, metadata.labels, spec])
}

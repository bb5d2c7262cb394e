import type { SourceResource } from '@millrace/resources'
import type {
  Checkpoint,
  DeletionContext,
  SecretKeySelector,
  SourceContext,
  SourceLog,
} from '@millrace/source-sdk'
import type { Fence } from '@millrace/storage'
import { checkpointKey, checkpointOf } from './source-checkpoints.ts'
import type { SourceCounts, SourceName } from './source-counters.ts'
import { Emitter } from './emitter.ts'
import type { LiveConditions } from './live-conditions.ts'
import { Blackening, type SecretValues } from './secret-values.ts'
import type { SourceParts } from './source-parts.ts'

export interface RoomOptions {
  readonly resource: Pick<SourceResource, 'kind' | 'metadata' | 'spec'>
  readonly parts: SourceParts
  /** The Secrets that are in force now. */
  readonly secrets: () => SecretValues
}

/** What one source has at hand: the contexts of its calls are made here. */
export class SourceRoom {
  readonly name: SourceName
  readonly counts: SourceCounts
  readonly blackening = new Blackening()
  readonly emitter: Emitter
  readonly #options: RoomOptions
  /** Secrets that it has asked for, with what it got. */
  readonly #asked = new Map<string, { selector: SecretKeySelector; got: string }>()

  constructor(options: RoomOptions) {
    const { resource, parts } = options
    const { kind, metadata, spec } = resource
    const { namespace, name } = metadata
    this.#options = options
    this.name = { namespace, kind, name }
    this.counts = parts.counters.of(this.name)
    this.emitter = new Emitter({
      id: `${kind} ${namespace}/${name}`,
      path: `/${namespace}/${name}`,
      checkpointKey: (key) => checkpointKey(this.name, key),
      extensions: spec.ceOverrides?.extensions ?? {},
      flow: parts.flow,
      accept: parts.accept,
      room: parts.room,
      clock: parts.clock,
      received: (count) => (this.counts.received += count),
      emitted: (count) => (this.counts.emitted += count),
      refused: (detail) => parts.problems.report(this.name, 'store', detail),
    })
  }

  /** What it keeps, written as the holder of a name. */
  fencedCheckpoint(fence: Fence): Checkpoint {
    return checkpointOf(this.#options.parts.storage.checkpoints, this.name, fence)
  }

  /** The context of a request; that of a run has another `emit` and a signal. */
  context(conditions: LiveConditions): SourceContext<Readonly<Record<string, unknown>>> {
    const { problems } = this.#options.parts
    return {
      ...this.#common(),
      emit: this.emitter.immediate,
      status: {
        condition: (type, status, reason, message) =>
          conditions.condition(type, status, reason, this.#black(message)),
        set: (fields) => conditions.set(this.blackening.value(fields) as typeof fields),
        lag: (messages) => (this.counts.lag = messages),
        problem: (reason, detail) => problems.report(this.name, reason, this.blackening.text(detail)),
      },
    }
  }

  /** The context of a deletion. */
  farewell(signal: AbortSignal): DeletionContext<Readonly<Record<string, unknown>>> {
    return { ...this.#common(), signal }
  }

  /** Whether a Secret that it has asked for has another value now. */
  get hasOtherSecrets(): boolean {
    const { namespace } = this.name
    const now = this.#options.secrets()
    return [...this.#asked.values()].some(
      ({ selector, got }) => got !== JSON.stringify(now.find(namespace, selector)),
    )
  }

  #common() {
    const { resource, parts } = this.#options
    const { namespace, name, annotations, labels } = resource.metadata
    const { sink: _, ceOverrides: __, ...spec } = resource.spec as Readonly<Record<string, unknown>>
    const base = parts.publicUrl?.replace(/\/+$/, '')
    return {
      namespace,
      name,
      annotations,
      labels,
      spec,
      checkpoint: checkpointOf(parts.storage.checkpoints, this.name),
      secret: (selector: SecretKeySelector) => this.#secret(selector),
      log: this.#log(),
      clock: parts.clock,
      http: parts.upstream.call,
      webhookUrl: base === undefined ? undefined : `${base}/sources/${namespace}/${name}`,
    }
  }

  #secret(selector: SecretKeySelector): readonly [string, ...string[]] {
    const { namespace } = this.name
    const secrets = this.#options.secrets()
    const values = secrets.find(namespace, selector)
    this.#asked.set(JSON.stringify(selector), { selector, got: JSON.stringify(values) })
    if (values === undefined) throw secrets.missing(namespace, selector)
    this.blackening.add(values)
    return values
  }

  #log(): SourceLog {
    const { log } = this.#options.parts
    const fields = (own: object): object => ({
      ...this.name,
      ...(this.blackening.value(own) as Record<string, unknown>),
    })
    const at =
      (level: keyof SourceLog): SourceLog['info'] =>
      (own, message) =>
        log[level](fields(own), message)
    return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
  }

  #black(text: string | undefined): string | undefined {
    return text === undefined ? undefined : this.blackening.text(text)
  }
}

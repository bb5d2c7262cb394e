import { admitTtl, checkEvent, withAttributes, type Addressable } from '@millrace/core'
import {
  fromSdk,
  SourceError,
  type Advance,
  type Clock,
  type Emission,
  type Emit,
  type EmitResult,
} from '@millrace/source-sdk'
import type { Advance as StoreAdvance } from '@millrace/storage'
import type { AcceptEach, AcceptResult, Mark, MarkedRecord, RoomFor } from '../accept.ts'
import type { Flow } from '../flow.ts'

const defaultKeepMs = 7 * 24 * 3_600_000
const firstPauseMs = 100
const longestPauseMs = 10_000

export interface EmitterOptions {
  /** Kind, namespace and name: what its dedupe keys begin with. */
  readonly id: string
  /** The path of its own addressable. */
  readonly path: string
  readonly extensions: Readonly<Record<string, string>>
  /** What the store knows a checkpoint of the source by. */
  readonly checkpointKey: (key: string) => string
  readonly flow: Flow
  readonly accept: AcceptEach
  readonly room: RoomFor
  readonly clock: Clock
  /** A run hands over so many; the store took so many; the store refuses. */
  readonly received: (count: number) => void
  readonly emitted: (count: number) => void
  readonly refused: (detail: string) => void
}

/** What takes the events of one source into the store. */
export class Emitter {
  readonly #options: EmitterOptions
  readonly #hasExtensions: boolean

  constructor(options: EmitterOptions) {
    this.#options = options
    this.#hasExtensions = Object.keys(options.extensions).length > 0
  }

  /** `emit` of a run: it waits while the store refuses. `mayEmit` rejects where another process runs it by now. */
  waiting(signal: AbortSignal, mayEmit: () => Promise<void> = nobodyElse): Emit {
    return (emissions, advance) => this.#emit(emissions, advance, signal, mayEmit)
  }

  /** `emit` of a request: it rejects while the store refuses. */
  readonly immediate: Emit = (emissions, advance) => this.#emit(emissions, advance, undefined, nobodyElse)

  async #emit(
    emissions: Emission | readonly Emission[],
    advance: Advance | undefined,
    signal: AbortSignal | undefined,
    mayEmit: () => Promise<void>,
  ): Promise<EmitResult> {
    const { clock, received, emitted } = this.#options
    const list = Array.isArray(emissions) ? (emissions as readonly Emission[]) : [emissions as Emission]
    const items = this.#prepareAll(list)
    if (signal !== undefined) received(items.length)
    if (items.length === 0 && advance !== undefined) {
      await mayEmit()
      signal?.throwIfAborted()
      await this.#append([], this.#step(advance, advance.from, 0))
    }
    let [stored, duplicates, pauseMs] = [0, 0, firstPauseMs]
    // in order, and as many at once as the store has room for
    for (let [at, size, from] = [0, items.length, advance?.from]; at < items.length;) {
      // upstream keeps what is read from a position
      const count = advance === undefined || signal === undefined ? size : await this.#room(size)
      await mayEmit()
      signal?.throwIfAborted()
      const some = items.slice(at, at + count)
      const step = this.#step(advance, from, at + some.length)
      const results = await this.#append(some, step)
      const refusal = results.find((result) => result.kind === 'refused')
      if (refusal === undefined) {
        const known = results.filter(({ kind }) => kind === 'duplicate').length
        duplicates += known
        stored += results.length - known
        emitted(results.length - known)
        at += some.length
        from = step?.to
        pauseMs = firstPauseMs
        continue
      }
      if (refusal.reason === 'moved') return { stored, duplicates, moved: true }
      if (refusal.reason !== 'unavailable' && some.length > 1) {
        size = Math.ceil(some.length / 2)
        continue
      }
      this.#options.refused(refusal.detail)
      if (signal === undefined) throw storeRefused(refusal)
      const waitMs = Math.max(pauseMs, Math.min(refusal.retryAfterMs, longestPauseMs))
      await clock.until(clock.now() + waitMs, signal)
      pauseMs = Math.min(pauseMs * 2, longestPauseMs)
    }
    return { stored, duplicates }
  }

  #room(wanted: number): Promise<number> {
    return this.#options.room(this.#target()?.routes ?? [], wanted)
  }

  #step(advance: Advance | undefined, from: string | undefined, count: number): StoreAdvance | undefined {
    if (advance === undefined) return undefined
    return { key: this.#options.checkpointKey(advance.key), from, to: advance.to(count) }
  }

  async #append(
    items: readonly MarkedRecord[],
    step: StoreAdvance | undefined,
  ): Promise<readonly AcceptResult[]> {
    const target = this.#target()
    let detail = 'the source is no longer in the manifests'
    try {
      if (target !== undefined) return await this.#options.accept(target, items, step)
    } catch (err) {
      detail = (err as Error).message
    }
    return items.map(() => ({ kind: 'refused', reason: 'unavailable', detail, retryAfterMs: 1_000 }))
  }

  /** The sink where it is an addressable; else the source's own addressable, whose route leads to the sink. */
  #target(): Addressable | undefined {
    const { flow, path } = this.#options
    const { addressables } = flow.current.topology
    const own = addressables.get(path)
    const { destination, setsAside } = own?.routes[0] ?? {}
    // what is to be set aside is a delivery that fails, and the order is kept with the rest
    if (setsAside === true) return own
    return destination?.kind === 'addressable' ? (addressables.get(destination.path) ?? own) : own
  }

  #prepareAll(list: readonly Emission[]): readonly MarkedRecord[] {
    const acceptedAt = this.#options.clock.now()
    const items: MarkedRecord[] = []
    for (const emission of list) items.push(this.#prepare(emission, acceptedAt))
    return items
  }

  #prepare(emission: Emission, acceptedAt: number): MarkedRecord {
    const { extensions } = this.#options
    const own = fromSdk(emission.event)
    const event = this.#hasExtensions ? withAttributes(own, extensions) : own
    const problem = checkEvent(event)
    if (problem !== undefined) throw notAnEvent(problem.detail)
    const admitted = admitTtl(event)
    if (admitted.kind === 'spent') throw notAnEvent(admitted.problem.detail)
    return { record: { event: admitted.event, headers: noHeaders, acceptedAt }, mark: this.#mark(emission) }
  }

  #mark({ dedupe, dedupeMs = defaultKeepMs, order }: Emission): Mark {
    if (dedupe === undefined && order === undefined) return noMark
    return {
      ...(dedupe !== undefined && { dedupe: { key: `${this.#options.id} ${dedupe}`, keepMs: dedupeMs } }),
      ...(order !== undefined && { order }),
    }
  }
}

const noHeaders = {}
const noMark: Mark = {}

async function nobodyElse(): Promise<void> {}

function notAnEvent(detail: string): SourceError {
  return SourceError.terminal(`what it emits cannot be taken: ${detail}`, {
    reason: 'NotAnEvent',
    problem: 'malformed',
  })
}

function storeRefused({ detail, retryAfterMs }: { detail: string; retryAfterMs: number }): SourceError {
  return SourceError.retryable(`the store takes nothing now: ${detail}`, {
    reason: 'StoreRefused',
    problem: 'store',
    afterMs: retryAfterMs,
  })
}

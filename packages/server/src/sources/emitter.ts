import { admitTtl, checkEvent, withAttributes, type Addressable, type EventRecord } from '@millrace/core'
import { fromSdk, SourceError, type Clock, type Emission, type Emit } from '@millrace/source-sdk'
import type { Accept, Mark } from '../accept.ts'
import type { Flow } from '../flow.ts'

const defaultKeepMs = 7 * 24 * 3_600_000
const longestPauseMs = 10_000

export interface EmitterOptions {
  /** Kind, namespace and name: what its dedupe keys begin with. */
  readonly id: string
  /** The path of its own addressable. */
  readonly path: string
  readonly extensions: Readonly<Record<string, string>>
  readonly flow: Flow
  readonly accept: Accept
  readonly clock: Clock
  /** A run hands over so many; the store took so many; the store refuses. */
  readonly received: (count: number) => void
  readonly emitted: (count: number) => void
  readonly refused: (detail: string) => void
}

interface Shipment {
  readonly record: EventRecord
  readonly mark: Mark
}

/** What takes the events of one source into the store. */
export class Emitter {
  readonly #options: EmitterOptions

  constructor(options: EmitterOptions) {
    this.#options = options
  }

  /** `emit` of a run: it waits while the store refuses. */
  waiting(signal: AbortSignal): Emit {
    return (emissions) => this.#emit(emissions, signal)
  }

  /** `emit` of a request: it rejects while the store refuses. */
  readonly immediate: Emit = (emissions) => this.#emit(emissions, undefined)

  async #emit(emissions: Emission | readonly Emission[], signal: AbortSignal | undefined) {
    const { clock, received, emitted } = this.#options
    const list = Array.isArray(emissions) ? (emissions as readonly Emission[]) : [emissions as Emission]
    let left = list.map((emission) => this.#prepare(emission))
    if (signal !== undefined) received(left.length)
    let [stored, duplicates, pauseMs] = [0, 0, 100]
    for (;;) {
      signal?.throwIfAborted()
      const refused: Shipment[] = []
      let refusal = { detail: '', retryAfterMs: 0 }
      const results = await Promise.all(left.map((shipment) => this.#append(shipment)))
      for (const [index, result] of results.entries()) {
        if (result.kind === 'accepted') stored += 1
        else if (result.kind === 'duplicate') duplicates += 1
        else {
          refusal = result
          refused.push(left[index] as Shipment)
        }
      }
      emitted(left.length - refused.length - results.filter(({ kind }) => kind === 'duplicate').length)
      if (refused.length === 0) return { stored, duplicates }
      left = refused
      this.#options.refused(refusal.detail)
      if (signal === undefined) throw storeRefused(refusal)
      await clock.until(
        clock.now() + Math.max(pauseMs, Math.min(refusal.retryAfterMs, longestPauseMs)),
        signal,
      )
      pauseMs = Math.min(pauseMs * 2, longestPauseMs)
    }
  }

  async #append({ record, mark }: Shipment): ReturnType<Accept> {
    const target = this.#target()
    try {
      if (target !== undefined) return await this.#options.accept(target, [record], mark)
    } catch (err) {
      return { kind: 'refused', reason: 'unavailable', detail: (err as Error).message, retryAfterMs: 1_000 }
    }
    const detail = 'the source is no longer in the manifests'
    return { kind: 'refused', reason: 'unavailable', detail, retryAfterMs: 1_000 }
  }

  /** The sink where it is an addressable; else the source's own addressable, whose route leads to the sink. */
  #target(): Addressable | undefined {
    const { flow, path } = this.#options
    const { addressables } = flow.current.topology
    const own = addressables.get(path)
    const destination = own?.routes[0]?.destination
    return destination?.kind === 'addressable' ? (addressables.get(destination.path) ?? own) : own
  }

  #prepare({ event: given, dedupe, dedupeMs = defaultKeepMs }: Emission): Shipment {
    const { id, extensions, clock } = this.#options
    const event = withAttributes(fromSdk(given), extensions)
    const problem = checkEvent(event)
    if (problem !== undefined) throw notAnEvent(problem.detail)
    const admitted = admitTtl(event)
    if (admitted.kind === 'spent') throw notAnEvent(admitted.problem.detail)
    return {
      record: { event: admitted.event, headers: {}, acceptedAt: clock.now() },
      mark: dedupe === undefined ? {} : { dedupe: { key: `${id} ${dedupe}`, keepMs: dedupeMs } },
    }
  }
}

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

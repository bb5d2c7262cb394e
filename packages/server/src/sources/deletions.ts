import type { SourceResource } from '@millrace/resources'
import type { Clock, DefinedSource } from '@millrace/source-sdk'
import { allSources, prefixOf, recordKey, sourceOfKey } from './source-checkpoints.ts'
import type { SourceName } from './source-counters.ts'
import type { SecretValues } from './secret-values.ts'
import type { SourceFinder } from './source-finder.ts'
import type { SourceParts } from './source-parts.ts'
import { SourceRoom } from './source-room.ts'

const firstPauseMs = 1_000
/** For how long the removal of what stands upstream is tried. */
const patienceMs = 60_000
const KEEP = 'millrace.dev/keep'
const PACKAGE = 'millrace.dev/source'

/** What is remembered of a source: its manifest without its sink, and never a Secret's value. */
interface Remembered {
  readonly apiVersion: string
  readonly annotations: Readonly<Record<string, string>>
  readonly spec: Readonly<Record<string, unknown>>
}

export interface DeletionsOptions {
  readonly parts: SourceParts & { readonly storage: { readonly checkpoints: CheckpointList } }
  readonly finder: Pick<SourceFinder, 'find' | 'sourceOf'>
  readonly secrets: () => SecretValues
}

type CheckpointList = SourceParts['storage']['checkpoints']

/**
 * Sources that are gone, also those that went while no server ran: what was made for them upstream is removed,
 * and what the store keeps of them.
 */
export class Deletions {
  readonly #options: DeletionsOptions

  constructor(options: DeletionsOptions) {
    this.#options = options
  }

  /** Takes note of a source that will have something to remove; before it runs. */
  async remember({ apiVersion, kind, metadata, spec }: SourceResource, source: DefinedSource): Promise<void> {
    if (source.onDelete === undefined) return
    const { namespace, name, annotations } = metadata
    const { sink: _, ceOverrides: __, ...own } = spec as Readonly<Record<string, unknown>>
    const remembered: Remembered = { apiVersion, annotations, spec: own }
    const { checkpoints } = this.#options.parts.storage
    const key = recordKey({ namespace, kind, name })
    const bytes = Buffer.from(JSON.stringify(remembered))
    const known = await checkpoints.get(key)
    if (known === undefined || !bytes.equals(known)) await checkpoints.put(key, bytes)
  }

  /** Sources that the store knows of and that are not among these. */
  async gone(present: readonly SourceName[]): Promise<SourceName[]> {
    const { checkpoints } = this.#options.parts.storage
    const there = new Set(present.map(prefixOf))
    const found = new Map<string, SourceName>()
    for (const [key] of await checkpoints.list(allSources)) {
      const source = sourceOfKey(key)
      if (source !== undefined && !there.has(prefixOf(source))) found.set(prefixOf(source), source)
    }
    return [...found.values()]
  }

  /** Removes a source; where that does not succeed in time, it is tried again at the next start. */
  async remove(name: SourceName, signal: AbortSignal): Promise<void> {
    const { log } = this.#options.parts
    const removed = await this.#farewell(name, signal)
    if (!removed || signal.aborted) return
    const { checkpoints } = this.#options.parts.storage
    for (const [key] of await checkpoints.list(prefixOf(name))) await checkpoints.delete(key)
    log.info({ ...name }, 'a source is gone')
  }

  async #farewell(name: SourceName, signal: AbortSignal): Promise<boolean> {
    const { parts, finder } = this.#options
    const { clock, log, storage } = parts
    const bytes = await storage.checkpoints.get(recordKey(name))
    if (bytes === undefined) return true
    const { apiVersion, annotations, spec } = JSON.parse(Buffer.from(bytes).toString()) as Remembered
    if (annotations[KEEP] === 'true') return true
    const { kind, namespace } = name
    await finder.find({ apiVersion, kind, package: annotations[PACKAGE] })
    const source = finder.sourceOf({ apiVersion, kind })
    if (source?.onDelete === undefined) {
      log.warn({ ...name }, 'what a source made upstream stays there, its package is not installed')
      return false
    }
    const resource = { kind, metadata: { namespace, name: name.name, annotations, labels: {} }, spec }
    const room = new SourceRoom({ resource, parts, secrets: this.#options.secrets })
    const until = clock.now() + patienceMs
    for (let pauseMs = firstPauseMs; !signal.aborted; pauseMs *= 2) {
      try {
        await inTime(source.onDelete(room.farewell(signal)), until, { clock, signal })
        return true
      } catch (err) {
        const last = clock.now() + pauseMs > until
        const fields = { ...name, err: room.blackening.value(err) }
        if (last)
          log.error(
            fields,
            'what a source made upstream could not be removed, and stays until the next start',
          )
        else log.debug(fields, 'what a source made upstream could not be removed yet')
        if (last) return false
        await clock.until(clock.now() + pauseMs, signal)
      }
    }
    return false
  }
}

/** Rejects where something has not ended by a time, or when the signal aborts: what hangs is left behind. */
async function inTime(
  work: Promise<void>,
  until: number,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<void> {
  const done = new AbortController()
  const late = clock.until(until, AbortSignal.any([signal, done.signal])).then(() => {
    throw new Error('it has not ended in time')
  })
  // it is nobody's any more once the work has won
  late.catch(() => undefined)
  try {
    await Promise.race([work, late])
  } finally {
    done.abort()
  }
}

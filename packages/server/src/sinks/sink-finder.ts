import {
  knownSinks,
  missingSinkKind,
  sinkKind,
  type FindSource,
  type Kind,
  type KnownSource,
  type WantedKind,
} from '@millrace/resources'
import { CONTRACT, type DefinedSink, type SourceColumn } from '@millrace/source-sdk'
import { loadPackage } from '../sources/load-package.ts'

/** Finds the packages of sinks when the first manifest asks for one: for reading manifests, and for sending. */
export class SinkFinder {
  readonly #found = new Map<string, Promise<Kind>>()
  readonly #sinks = new Map<string, DefinedSink>()

  /** The kind of a manifest where it is a sink's; for `loadManifests`. */
  readonly find: FindSource = (wanted) => {
    const known = knownSinks.find((each) => isMeant(each, wanted))
    if (known === undefined) return Promise.resolve(undefined)
    let found = this.#found.get(known.kind)
    if (found === undefined) {
      found = this.#load(known)
      this.#found.set(known.kind, found)
    }
    return found
  }

  /** What sends for a kind; undefined where its package cannot be used. */
  sinkOf(kind: string): DefinedSink | undefined {
    return this.#sinks.get(kind)
  }

  /** What `get` shows of a kind. */
  columnsOf(kind: string): readonly SourceColumn[] {
    return this.#sinks.get(kind)?.kind.columns ?? []
  }

  async #load(known: KnownSource): Promise<Kind> {
    const loaded = await loadPackage(known.package, '.')
    if (loaded.kind === 'missing') return missingSinkKind(known, loaded)
    const sink = loaded.module['sink'] as DefinedSink | undefined
    if (sink?.contract !== CONTRACT || sink.kind.kind !== known.kind) {
      const message = `${known.package} has no ${known.kind} of contract ${CONTRACT} of @millrace/source-sdk`
      return missingSinkKind(known, { reason: 'PackageInvalid', message })
    }
    this.#sinks.set(known.kind, sink)
    return sinkKind(sink.kind)
  }
}

/** By its kind and the group of its apiVersion: a wrong version of the right group is said when it is read. */
function isMeant({ kind, apiVersions }: KnownSource, wanted: WantedKind): boolean {
  const [group] = apiVersions[0].split('/')
  return wanted.package === undefined && kind === wanted.kind && wanted.apiVersion.startsWith(`${group}/`)
}

import {
  knownSources,
  missingSourceKind,
  sourceKind,
  type FindSource,
  type Kind,
  type KnownSource,
  type WantedKind,
} from '@millrace/resources'
import type { DefinedSource, SourceColumn } from '@millrace/source-sdk'
import { loadSource } from './load-source.ts'

/** A kind as people name it. */
export type SourceKindName = Pick<KnownSource, 'kind' | 'plural' | 'shortNames'>

/** Finds the packages of sources, for reading their manifests and for running them. */
export class SourceFinder {
  readonly #folder: string
  readonly #found = new Map<string, Promise<Kind | undefined>>()
  /** By group and kind: somebody's package may have a kind of the name of one of ours. */
  readonly #sources = new Map<string, DefinedSource>()
  /** Kinds of other people's packages. */
  readonly #others = new Map<string, SourceKindName>()

  /** @param folder where other people's packages are installed */
  constructor(folder: string) {
    this.#folder = folder
  }

  /** The kind of a manifest where it is a source's; for `loadManifests`. */
  readonly find: FindSource = (wanted) => {
    const known = knownSources.find((each) => isMeant(each, wanted))
    const name = wanted.package ?? known?.package
    if (name === undefined) return Promise.resolve(undefined)
    const key = JSON.stringify([name, wanted.apiVersion, wanted.kind])
    let found = this.#found.get(key)
    if (found === undefined) {
      found = this.#load(name, wanted, known)
      this.#found.set(key, found)
    }
    return found
  }

  /** What runs the manifests of a kind; undefined where its package cannot be used. */
  sourceOf({ apiVersion, kind }: Pick<WantedKind, 'apiVersion' | 'kind'>): DefinedSource | undefined {
    return this.#sources.get(groupKind(apiVersion, kind))
  }

  /** What `get` shows of a kind; of several of one name the one that was found first. */
  columnsOf(name: string): readonly SourceColumn[] {
    const found = [...this.#sources.values()].find(({ kind }) => kind.kind === name)
    return found?.kind.columns ?? []
  }

  /** What people may ask `get` for: ours, and those that manifests have named. */
  get kinds(): readonly SourceKindName[] {
    return [...knownSources, ...this.#others.values()]
  }

  async #load(name: string, wanted: WantedKind, known: KnownSource | undefined): Promise<Kind> {
    const { kind, apiVersion } = wanted
    const names: Omit<KnownSource, 'package'> = known ?? {
      kind,
      plural: `${kind.toLowerCase()}s`,
      shortNames: [],
      apiVersions: [apiVersion],
    }
    if (known === undefined) this.#others.set(kind, names)
    const loaded = await loadSource(name, this.#folder)
    if (loaded.kind === 'missing') {
      // looked for again with the next reading: it may be installed meanwhile
      this.#found.delete(JSON.stringify([name, apiVersion, kind]))
      return missingSourceKind(names, loaded)
    }
    const { source } = loaded
    const has = source.kind.kind
    if (has !== kind) {
      const message = `${name} has the kind ${has}, not ${kind}`
      return missingSourceKind(names, { reason: 'PackageInvalid', message })
    }
    this.#sources.set(groupKind(apiVersion, kind), source)
    if (known === undefined) this.#others.set(kind, { shortNames: [], ...source.kind })
    return sourceKind(source.kind)
  }
}

/** By its kind and the group of its apiVersion: a wrong version of the right group is said when it is read. */
function isMeant({ kind, apiVersions }: KnownSource, wanted: WantedKind): boolean {
  const [group] = apiVersions[0].split('/')
  return wanted.package === undefined && kind === wanted.kind && wanted.apiVersion.startsWith(`${group}/`)
}

function groupKind(apiVersion: string, kind: string): string {
  return `${apiVersion.split('/')[0]}/${kind}`
}

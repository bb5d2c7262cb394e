import { CONTRACT, type DefinedSource } from '@millrace/source-sdk'
import { loadPackage, type MissingPackage } from './load-package.ts'

export type LoadedSource = { readonly kind: 'source'; readonly source: DefinedSource } | MissingPackage

/** Loads a source's package. */
export async function loadSource(name: string, folder: string): Promise<LoadedSource> {
  const loaded = await loadPackage(name, folder)
  if (loaded.kind === 'missing') return loaded
  const { source } = loaded.module
  const problem = problemOf(source)
  if (problem !== undefined)
    return { kind: 'missing', reason: 'PackageInvalid', message: `${name} is no source: ${problem}` }
  return { kind: 'source', source: source as DefinedSource }
}

function problemOf(source: unknown): string | undefined {
  if (typeof source !== 'object' || source === null)
    return 'it must export a `source`, made by defineSource of @millrace/source-sdk'
  const { contract, kind, run, handle } = source as Partial<DefinedSource>
  if (contract !== CONTRACT)
    return `it was made for contract ${String(contract)} of @millrace/source-sdk, this version has ${CONTRACT}`
  if (typeof kind?.kind !== 'string' || typeof kind.spec !== 'object' || !Array.isArray(kind.conditions))
    return 'its kind lacks a name, a spec or conditions'
  if (typeof run !== 'function' && typeof handle !== 'function') return 'it has neither run nor handle'
  return undefined
}

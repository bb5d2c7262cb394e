import { CONTRACT, type DefinedSource } from '@millrace/source-sdk'
import { packageEntry } from './package-entry.ts'
import { sourceCatalog } from './source-catalog.ts'

export type LoadedSource =
  | { readonly kind: 'source'; readonly source: DefinedSource }
  /** A condition's reason and message. */
  | { readonly kind: 'missing'; readonly reason: string; readonly message: string }

/** Loads a source's package: one of ours, or one that is installed for the folder that the server runs in. */
export async function loadSource(name: string, folder: string): Promise<LoadedSource> {
  let loaded: unknown
  try {
    loaded = await importPackage(name, folder)
  } catch (err) {
    if (isNotFound(err, name)) return notInstalled(name)
    const { message } = err as Error
    return { kind: 'missing', reason: 'PackageFailed', message: `${name} cannot be loaded: ${message}` }
  }
  if (loaded === undefined) return notInstalled(name)
  const source: unknown = (loaded as { source?: unknown }).source
  const problem = problemOf(source)
  if (problem !== undefined)
    return { kind: 'missing', reason: 'PackageInvalid', message: `${name} is no source: ${problem}` }
  return { kind: 'source', source: source as DefinedSource }
}

async function importPackage(name: string, folder: string): Promise<unknown> {
  const own = sourceCatalog[name]
  if (own !== undefined) return own()
  const entry = await packageEntry(name, folder)
  return entry === undefined ? undefined : import(entry)
}

/** The package itself is not there; what it lacks of its own is another matter. */
function isNotFound(err: unknown, name: string): boolean {
  const { code, message } = err as NodeJS.ErrnoException
  return code === 'ERR_MODULE_NOT_FOUND' && message.includes(`'${name}'`)
}

function notInstalled(name: string): LoadedSource {
  const message = `${name} is not installed: run npm install ${name} in the folder that the server is started in, and start it again`
  return { kind: 'missing', reason: 'PackageNotInstalled', message }
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

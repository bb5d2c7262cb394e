import { packageEntry } from './package-entry.ts'
import { sourceCatalog } from './source-catalog.ts'

export type LoadedPackage =
  | { readonly kind: 'loaded'; readonly module: Readonly<Record<string, unknown>> }
  | MissingPackage

/** A condition's reason and message. */
export interface MissingPackage {
  readonly kind: 'missing'
  readonly reason: string
  readonly message: string
}

/** Loads a package of sources or sinks: one of ours, or one that is installed for the folder that the server runs in. */
export async function loadPackage(name: string, folder: string): Promise<LoadedPackage> {
  let module: unknown
  try {
    module = await importPackage(name, folder)
  } catch (err) {
    if (isNotFound(err, name)) return notInstalled(name)
    const { message } = err as Error
    return { kind: 'missing', reason: 'PackageFailed', message: `${name} cannot be loaded: ${message}` }
  }
  if (module === undefined) return notInstalled(name)
  return { kind: 'loaded', module: module as Readonly<Record<string, unknown>> }
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

function notInstalled(name: string): MissingPackage {
  const message = `${name} is not installed: run npm install ${name} in the folder that the server is started in, and start it again`
  return { kind: 'missing', reason: 'PackageNotInstalled', message }
}

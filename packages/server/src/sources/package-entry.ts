import { readFile } from 'node:fs/promises'
import { findPackageJSON } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

/** In the order of preference; as Node's `import` from a folder that has no modules of its own. */
const conditions = new Set(['import', 'node', 'module-sync', 'default'])

/** The file of a package that is installed for a folder, as a URL; undefined where it is not installed. */
export async function packageEntry(name: string, folder: string): Promise<string | undefined> {
  const manifest = findManifest(name, folder)
  if (manifest === undefined) return undefined
  const { exports, main } = JSON.parse(await readFile(manifest, 'utf8')) as {
    exports?: unknown
    main?: unknown
  }
  const entry = exports === undefined ? (main ?? 'index.js') : target(exports)
  if (typeof entry !== 'string') throw new Error(`the package ${name} has no entry for import`)
  return pathToFileURL(join(manifest, '..', entry)).href
}

function findManifest(name: string, folder: string): string | undefined {
  try {
    return findPackageJSON(name, pathToFileURL(join(folder, 'manifests')))
  } catch (err) {
    if ((err as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND') return undefined
    throw err
  }
}

/** What `exports` names for the package itself (Node, "Conditional exports"). */
function target(exports: unknown): unknown {
  if (typeof exports !== 'object' || exports === null) return exports
  const entries = Object.entries(exports)
  const own = entries.find(([key]) => key === '.')
  if (own !== undefined) return target(own[1])
  const chosen = entries.find(([key]) => conditions.has(key))
  return chosen === undefined ? undefined : target(chosen[1])
}

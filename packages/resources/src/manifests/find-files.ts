import { readdir, realpath, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** What a path given with `-f` leads to. */
export type Found =
  | { readonly kind: 'files'; readonly files: readonly string[] }
  /** `path` is what cannot be read, the folder itself or something in it. */
  | { readonly kind: 'problem'; readonly path: string; readonly message: string }

/**
 * The manifests that a path names: itself, or every `.yaml`, `.yml` and `.json` below a folder, in
 * order of their names. What begins with a dot is left out (so that a mounted ConfigMap is read once).
 */
export async function findFiles(path: string): Promise<Found> {
  try {
    if (!(await stat(path)).isDirectory()) return { kind: 'files', files: [path] }
    return { kind: 'files', files: await filesIn(path, new Set()) }
  } catch (error) {
    const at = error instanceof Error && 'path' in error ? String(error.path) : path
    return { kind: 'problem', path: at, message: whyUnreadable(error) }
  }
}

async function filesIn(folder: string, seen: Set<string>): Promise<string[]> {
  const real = await realpath(folder)
  if (seen.has(real)) return []
  seen.add(real)
  const files: string[] = []
  for (const name of (await readdir(folder)).toSorted()) {
    if (name.startsWith('.') || name === 'node_modules') continue
    const path = join(folder, name)
    if ((await stat(path)).isDirectory()) files.push(...(await filesIn(path, seen)))
    else if (/\.(ya?ml|json)$/.test(name)) files.push(path)
  }
  return files
}

/** Why a file or folder cannot be read, in words. */
export function whyUnreadable(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'there is no such file or folder'
  if (code === 'EACCES' || code === 'EPERM') return 'may not be read, its permissions forbid it'
  return `cannot be read (${error instanceof Error ? error.message : String(error)})`
}

import { readdir, realpath, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** What the files looked like at one moment. */
export interface Fingerprint {
  /** Equal texts: nothing has changed. */
  readonly text: string
  /** Where a change can happen: of files, folders and what symbolic links lead to. */
  readonly folders: ReadonlySet<string>
}

/**
 * Looks at files and folders of manifests without reading them: names, what links lead to, inode, size
 * and times. An editor's rename, a rewrite in place and the swapped link of a mounted ConfigMap all show.
 * It sees the files that `loadManifests` reads.
 */
export async function fingerprint(paths: readonly string[]): Promise<Fingerprint> {
  const look = new Look()
  for (const path of paths) {
    if (path === '-') continue
    look.folders.add(dirname(path))
    await look.at(path, true)
  }
  return { text: look.lines.join('\n'), folders: look.folders }
}

class Look {
  readonly lines: string[] = []
  readonly folders = new Set<string>()
  readonly #seen = new Set<string>()

  async at(path: string, named: boolean): Promise<void> {
    try {
      const facts = await stat(path, { bigint: true })
      const isFolder = facts.isDirectory()
      if (!isFolder && !named && !/\.(ya?ml|json)$/.test(path)) return
      const real = await realpath(path)
      const { ino, size, mtimeNs, ctimeNs } = facts
      this.lines.push(
        isFolder ? `${path} ${real} ${ino}` : `${path} ${real} ${ino} ${size} ${mtimeNs} ${ctimeNs}`,
      )
      if (isFolder) await this.#into(path, real)
      else this.folders.add(dirname(real))
    } catch (err) {
      this.lines.push(`${path} ${(err as NodeJS.ErrnoException).code ?? 'unreadable'}`)
    }
  }

  async #into(path: string, real: string): Promise<void> {
    if (this.#seen.has(real)) return
    this.#seen.add(real)
    this.folders.add(path)
    for (const name of (await readdir(path)).toSorted())
      if (!name.startsWith('.') && name !== 'node_modules') await this.at(join(path, name), false)
  }
}

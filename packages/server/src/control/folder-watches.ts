import { watch, type FSWatcher } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'

/**
 * Wakes when something happens in one of a changing set of folders. It only hints: a folder that
 * cannot be watched (no more inotify watches, a network disk) is left to the caller's slow look.
 */
export class FolderWatches {
  readonly #watches = new Map<string, FSWatcher>()
  readonly #told = new Set<string>()
  readonly #onUnwatched: (folder: string, error: Error) => void
  #begun = 0
  #wake = Promise.withResolvers<void>()

  constructor(onUnwatched: (folder: string, error: Error) => void) {
    this.#onUnwatched = onUnwatched
  }

  /**
   * Watches exactly these. One that was removed and made anew is watched anew.
   * → whether a watch has begun: what happened there before is not hinted at, so look again.
   */
  follow(folders: ReadonlySet<string>): boolean {
    for (const folder of this.#watches.keys()) if (!folders.has(folder)) this.#end(folder)
    const before = this.#begun
    for (const folder of folders) if (!this.#watches.has(folder)) this.#begin(folder)
    return this.#begun > before
  }

  /** Resolves with the next hint, after `ms`, or when the signal aborts. */
  async hint(ms: number, signal: AbortSignal): Promise<void> {
    const done = new AbortController()
    const either = AbortSignal.any([signal, done.signal])
    await Promise.race([
      this.#wake.promise,
      delay(ms, undefined, { signal: either, ref: false }).catch(() => undefined),
    ])
    done.abort()
    this.#wake = Promise.withResolvers<void>()
  }

  close(): void {
    for (const folder of this.#watches.keys()) this.#end(folder)
  }

  #begin(folder: string): void {
    try {
      const watcher = watch(folder, { persistent: false })
      watcher.on('change', (kind, name) => {
        // the folder itself is gone or replaced: this watch sees nothing more
        if (kind === 'rename' && name !== null && folder.endsWith(`/${String(name)}`)) this.#end(folder)
        this.#wake.resolve()
      })
      watcher.on('error', () => this.#end(folder))
      this.#watches.set(folder, watcher)
      this.#begun += 1
    } catch (err) {
      // a folder that is not there (yet) shows in its parent, or in the slow look
      if ((err as NodeJS.ErrnoException).code === 'ENOENT' || this.#told.has(folder)) return
      this.#told.add(folder)
      this.#onUnwatched(folder, err as Error)
    }
  }

  #end(folder: string): void {
    this.#watches.get(folder)?.close()
    this.#watches.delete(folder)
  }
}

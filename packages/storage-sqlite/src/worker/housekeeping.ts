import { checkpointWhenLarge, truncateWal } from './checkpoint.ts'
import { isDiskFull } from './sqlite-error.ts'
import type { Store } from './store.ts'

const idleAfterMs = 1_000
/** Free pages that are kept for what comes next, and given back at a time: 4 MiB. */
const keptPages = 512
const pagesAStep = 512
/** Where room is short a step must need little of it. */
const pagesAShortStep = 64

/** What the database needs between commits; nothing of it while there is work. */
export class Housekeeping {
  readonly #store: Store
  readonly #failed: (error: unknown) => void
  #timer: NodeJS.Timeout | undefined

  /** `failed`: a disk that fails here fails the store as a commit would. */
  constructor(store: Store, failed: (error: unknown) => void) {
    this.#store = store
    this.#failed = failed
  }

  afterCommit(): void {
    this.#guard(() => checkpointWhenLarge(this.#store.connection))
    this.#later(idleAfterMs)
  }

  /** Gives back what can be given, now. */
  makeRoom(): void {
    this.#guard(() => {
      truncateWal(this.#store.connection)
      this.#vacuum(0, pagesAShortStep)
      truncateWal(this.#store.connection)
    })
  }

  close(): void {
    clearTimeout(this.#timer)
  }

  #later(ms: number): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#idle(), ms)
  }

  #idle(): void {
    this.#guard(() => {
      const more = this.#vacuum(keptPages, pagesAStep)
      truncateWal(this.#store.connection)
      if (more) this.#later(1)
    })
  }

  /** → whether there is more to give back. */
  #vacuum(kept: number, pages: number): boolean {
    const { db } = this.#store.connection
    const free = Number(db.prepare('PRAGMA freelist_count').get()?.['freelist_count'])
    if (free <= kept) return false
    db.exec(`PRAGMA incremental_vacuum(${Math.min(pages, free - kept)})`)
    return free - kept > pages
  }

  #guard(work: () => void): void {
    try {
      work()
    } catch (error) {
      // Without room the WAL only stays longer; nothing of it is lost.
      if (!isDiskFull(error)) this.#failed(error)
    }
  }
}

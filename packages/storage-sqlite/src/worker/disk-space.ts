import { statfsSync } from 'node:fs'

const lookEveryMs = 1_000
/** What a call may take beside its records until all of it has ended: a dozen pages of the WAL. */
const besideRecords = 12 * 8 * 1024

/** Watches that the free space stays above the reserve, which settling and checkpoints live on. */
export class DiskSpace {
  readonly #path: string
  readonly #reserveBytes: number
  #appended = 0
  #timer: NodeJS.Timeout | undefined
  #free = Number.POSITIVE_INFINITY

  constructor(path: string, reserveBytes: number) {
    this.#path = path
    this.#reserveBytes = reserveBytes
    this.look()
  }

  /** Why nothing may be appended now; undefined: there is room. */
  get shortage(): string | undefined {
    if (this.#free >= this.#reserveBytes) return undefined
    return `${this.#free} bytes are free on the disk of ${this.#path}, the reserve is ${this.#reserveBytes}: free some, or lower --store-reserve`
  }

  look(): void {
    this.#appended = 0
    try {
      const { bavail, bsize } = statfsSync(this.#path)
      this.#free = bavail * bsize
    } catch {
      // A disk that cannot even say so fails its next commit.
    }
  }

  /** A call with so many bytes of records. Looks at once where a good part of the reserve may have gone since the last look. */
  appended(bytes: number): void {
    this.#appended += bytes + besideRecords
    if (this.#appended * 16 >= this.#reserveBytes) this.look()
  }

  watch(changed: () => void): void {
    this.#timer = setInterval(() => {
      const before = this.shortage === undefined
      this.look()
      if (!before || this.shortage !== undefined) changed()
    }, lookEveryMs)
  }

  close(): void {
    clearInterval(this.#timer)
  }
}

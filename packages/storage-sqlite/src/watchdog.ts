/**
 * Notices that an answer is overdue: a disk that blocks gives no error, and only that nothing is heard
 * any more tells it.
 */
export class Watchdog {
  readonly #stallMs: number
  readonly #stalled: () => void
  #heardAt = 0
  #timer: NodeJS.Timeout | undefined

  constructor(stallMs: number, stalled: () => void) {
    this.#stallMs = stallMs
    this.#stalled = stalled
  }

  /** Something was asked; from here on an answer is expected. */
  expect(): void {
    if (this.#timer !== undefined) return
    this.#heardAt = performance.now()
    this.#arm(this.#stallMs)
  }

  /** Something was heard; `more`: an answer is still expected. */
  heard(more: boolean): void {
    this.#heardAt = performance.now()
    if (!more) this.stop()
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  #arm(ms: number): void {
    this.#timer = setTimeout(() => this.#look(), ms).unref()
  }

  #look(): void {
    const quietMs = performance.now() - this.#heardAt
    this.#timer = undefined
    if (quietMs < this.#stallMs) this.#arm(this.#stallMs - quietMs)
    else this.#stalled()
  }
}

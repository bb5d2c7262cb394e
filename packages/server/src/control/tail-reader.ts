import type { Writable } from 'node:stream'
import { rfc3339 } from './rfc3339.ts'

/** What a reader may leave unread before lines are only counted. */
const mostUnreadBytes = 1024 * 1024

/**
 * Writes lines to one reader of `tail`, those of a turn together. A reader that does not keep up misses
 * lines and is told how many, as soon as it has read on.
 */
export class TailReader {
  readonly #output: Writable
  readonly #now: () => number
  #lines: string[] = []
  #bytes = 0
  #missed = 0

  constructor(output: Writable, now: () => number) {
    this.#output = output
    this.#now = now
    output.on('drain', () => this.#sayMissed())
  }

  offer(line: object): void {
    if (this.#bytes + this.#output.writableLength > mostUnreadBytes) {
      this.#missed += 1
      return
    }
    this.#sayMissed()
    this.#add(line)
  }

  end(): void {
    this.#flush()
    this.#output.end()
  }

  #sayMissed(): void {
    if (this.#missed === 0) return
    const count = this.#missed
    this.#missed = 0
    this.#add({ time: rfc3339(this.#now()), step: 'missed', count })
  }

  #add(line: object): void {
    const text = `${JSON.stringify(line)}\n`
    if (this.#lines.length === 0) setImmediate(() => this.#flush())
    this.#lines.push(text)
    this.#bytes += text.length
  }

  #flush(): void {
    if (this.#lines.length === 0 || !this.#output.writable) return
    const text = this.#lines.join('')
    this.#lines = []
    this.#bytes = 0
    this.#output.write(text)
  }
}

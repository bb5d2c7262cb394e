const firstWords = 1_024
const firstBytes = 64 * 1_024
/** Of memory that is used again. */
const largestKept = 16 * firstBytes
const mostKept = 4
/** UTF-16 units to bytes, at most. */
const widest = 3

/** The memory of one message. It changes hands: after that only the other thread has it. */
export interface MessageMemory {
  readonly words: Float64Array<ArrayBuffer>
  readonly bytes: Uint8Array<ArrayBuffer>
}

/** Stands for a number that is not there. */
export const none = Number.NaN

/**
 * Collects numbers, texts and bytes for the other thread in two flat buffers, because each value that is
 * cloned, and each buffer, costs far more than writing it. `MessageReader` reads them in the same order.
 */
export class MessageWriter {
  #words = new Float64Array(firstWords)
  #bytes = Buffer.allocUnsafeSlow(firstBytes)
  #count = 0
  #length = 0
  readonly #spare: MessageMemory[] = []

  get isEmpty(): boolean {
    return this.#count === 0
  }

  number(value: number): void {
    if (this.#count === this.#words.length) {
      const more = new Float64Array(2 * this.#count)
      more.set(this.#words)
      this.#words = more
    }
    this.#words[this.#count++] = value
  }

  text(value: string | undefined): void {
    if (value === undefined) return this.number(-1)
    this.#reserve(widest * value.length)
    const length = this.#bytes.write(value, this.#length)
    this.#length += length
    this.number(length)
  }

  bytes(value: Uint8Array): void {
    this.number(value.length)
    this.#reserve(value.length)
    this.#bytes.set(value, this.#length)
    this.#length += value.length
  }

  /** Empties itself; the memory is to be transferred. */
  take(): MessageMemory {
    const taken = { words: this.#words, bytes: new Uint8Array(this.#bytes.buffer) }
    const { words = new Float64Array(firstWords), bytes } = this.#spare.pop() ?? {}
    this.#words = words
    this.#bytes = bytes === undefined ? Buffer.allocUnsafeSlow(firstBytes) : Buffer.from(bytes.buffer)
    this.#count = 0
    this.#length = 0
    return taken
  }

  /** Memory that came back is used again, unless one message made it large, or there is enough. */
  giveBack(memory: MessageMemory): void {
    const { length } = this.#spare
    if (memory.bytes.length <= largestKept && length < mostKept) this.#spare.push(memory)
  }

  #reserve(length: number): void {
    const needed = this.#length + length
    if (needed <= this.#bytes.length) return
    const more = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.#bytes.length))
    more.set(this.#bytes.subarray(0, this.#length))
    this.#bytes = more
  }
}

/** Reads what a `MessageWriter` wrote. */
export class MessageReader {
  readonly #words: Float64Array
  readonly #bytes: Buffer<ArrayBuffer>
  #at = 0
  #offset = 0

  constructor({ words, bytes }: MessageMemory) {
    this.#words = words
    this.#bytes = Buffer.from(bytes.buffer)
  }

  number(): number {
    return this.#words[this.#at++]!
  }

  /** A number that may be left out. */
  numberIfAny(): number | undefined {
    const value = this.number()
    return Number.isNaN(value) ? undefined : value
  }

  text(): string | undefined {
    const length = this.number()
    if (length < 0) return undefined
    const from = this.#offset
    this.#offset += length
    return this.#bytes.toString('utf8', from, this.#offset)
  }

  /** A view of the message's memory. */
  bytes(): Uint8Array {
    const length = this.number()
    const from = this.#offset
    this.#offset += length
    return new Uint8Array(this.#bytes.buffer, from, length)
  }
}

const firstWords = 1_024
const leastSpareBytes = 64 * 1024
const mostSpareBytes = 4 * 1024 * 1024
/** So much memory is kept to be used again. */
export const mostSpares = 2

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
  #count = 0
  #parts: Uint8Array[] = []
  #length = 0

  number(value: number): void {
    if (this.#count === this.#words.length) {
      const more = new Float64Array(2 * this.#count)
      more.set(this.#words)
      this.#words = more
    }
    this.#words[this.#count++] = value
  }

  text(value: string | undefined): void {
    if (value === undefined) this.number(-1)
    else this.bytes(Buffer.from(value))
  }

  /** They are copied when the message is taken. */
  bytes(value: Uint8Array): void {
    this.number(value.length)
    this.#parts.push(value)
    this.#length += value.length
  }

  /** Empties itself; the memory is to be transferred. `spare`: what the other thread has given back. */
  take(spare: ArrayBuffer[] = []): MessageMemory {
    const bytes = new Uint8Array(memoryFor(this.#length, spare))
    let at = 0
    for (const part of this.#parts) {
      bytes.set(part, at)
      at += part.length
    }
    const words = this.#words.slice(0, this.#count)
    this.#count = 0
    this.#parts = []
    this.#length = 0
    return { words, bytes }
  }
}

/**
 * Whether memory is worth to be given back and used again: the kernel zeroes what is new, page by page, which
 * takes longer than to write it. What is small comes from a heap, and what is larger is not kept.
 */
export function isSpare({ byteLength }: ArrayBuffer): boolean {
  return byteLength >= leastSpareBytes && byteLength <= mostSpareBytes
}

/** All of it is written, so it need not be zeroed; not of the pool, so it can be transferred. */
function memoryFor(length: number, spare: ArrayBuffer[]): ArrayBuffer {
  const at = length < leastSpareBytes ? -1 : spare.findIndex(({ byteLength }) => byteLength >= length)
  const [found] = at < 0 ? [] : spare.splice(at, 1)
  if (found !== undefined) return found
  const fits = length < leastSpareBytes || length > mostSpareBytes
  return Buffer.allocUnsafeSlow(fits ? length : 2 ** Math.ceil(Math.log2(length))).buffer
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

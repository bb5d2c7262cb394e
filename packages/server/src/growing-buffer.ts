const nothing = new Uint8Array(0)

/**
 * Bytes that come in pieces. One piece is kept as it came; of several the bytes are copied together at
 * once: pieces may be as small as one byte, and each kept on its own takes hundreds.
 */
export class GrowingBuffer {
  #bytes: Uint8Array = nothing
  #length = 0

  get length(): number {
    return this.#length
  }

  /** All of them, and no room beside them: an event is kept for longer than it is read. */
  get bytes(): Uint8Array {
    return this.#bytes.length === this.#length ? this.#bytes : this.#bytes.slice(0, this.#length)
  }

  add(piece: Uint8Array): void {
    const length = this.#length + piece.length
    if (this.#length === 0) {
      this.#bytes = piece
    } else {
      if (length > this.#bytes.length) {
        const larger = new Uint8Array(Math.max(length, this.#bytes.length * 2))
        larger.set(this.#bytes.subarray(0, this.#length))
        this.#bytes = larger
      }
      this.#bytes.set(piece, this.#length)
    }
    this.#length = length
  }
}

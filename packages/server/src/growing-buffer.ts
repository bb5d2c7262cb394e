const nothing = new Uint8Array(0)

/**
 * Bytes that come in pieces. One piece is kept as it came; of several the bytes are copied together at
 * once: pieces may be as small as one byte, and each kept on its own takes hundreds.
 */
export class GrowingBuffer {
  readonly #announced: number
  #bytes: Uint8Array = nothing
  #length = 0

  /** `announced`: how many are to come, as far as is known; it need not be true. */
  constructor(announced = 0) {
    this.#announced = announced
  }

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
        // nobody sees what is not filled, so it need not be zeroed; a Buffer's own `slice` would be no copy
        const larger = new Uint8Array(Buffer.allocUnsafeSlow(this.#roomFor(length)).buffer)
        larger.set(this.#bytes.subarray(0, this.#length))
        this.#bytes = larger
      }
      this.#bytes.set(piece, this.#length)
    }
    this.#length = length
  }

  /** What was announced is believed once a quarter of it has come: a promise alone takes no room. */
  #roomFor(length: number): number {
    const announced = this.#announced
    return length <= announced && announced <= 4 * length
      ? announced
      : Math.max(length, this.#bytes.length * 2)
  }
}

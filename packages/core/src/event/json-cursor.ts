import { utf8Text } from './utf8.ts'

const quote = 0x22
const backslash = 0x5c
const openObject = 0x7b
const openArray = 0x5b
const closeArray = 0x5d
const comma = 0x2c
const colon = 0x3a

/** What `JSON.parse` would make of these follow a backslash. */
const escapes = new Uint8Array(128)
for (const character of '"\\/bfnrtu') escapes[character.charCodeAt(0)] = 1
const literals = ['true', 'false', 'null'].map((word) =>
  Uint8Array.from(word, (letter) => letter.charCodeAt(0)),
)

/** Shorter strings are put together here: calling the decoder costs more. */
const longestUnrolled = 12
/** Bytes that stand for themselves in a string and in an attribute. */
const isPlain = new Uint8Array(256).fill(1, 0x20, 0x7f)
isPlain[quote] = 0
isPlain[backslash] = 0

/**
 * Walks over JSON text byte by byte and builds nothing. Each method moves `at` behind what it read and says
 * whether that was JSON (RFC 8259); after a false `at` is the byte that was not. Nesting costs a byte, not a
 * call, so no depth is too deep. Bytes from 0x80 on are only noted: the caller checks that they are UTF-8.
 */
export class JsonCursor {
  readonly bytes: Uint8Array
  at = 0
  /** Nothing but ASCII so far. */
  ascii = true
  /** The last string was printable ASCII without escapes: its bytes are its text. */
  plain = true

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
  }

  /** Moves over white space. → the byte there, -1 at the end. */
  next(): number {
    const { bytes } = this
    let { at } = this
    let byte = bytes[at]
    while (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) byte = bytes[++at]
    this.at = at
    return byte ?? -1
  }

  /** One value of any kind; `next()` has been called. */
  value(): boolean {
    const closers: number[] = []
    for (;;) {
      const byte = this.bytes[this.at]
      if (byte === openObject || byte === openArray) {
        this.at++
        const closer = byte + 2
        if (this.next() !== closer) {
          if (byte === openObject && !this.name()) return false
          closers.push(closer)
          this.next()
          continue
        }
        this.at++
      } else if (!this.#scalar()) return false
      if (!this.#leave(closers)) return false
      if (closers.length === 0) return true
    }
  }

  /** A member's name with its colon and the white space around it. */
  name(): boolean {
    return this.string() && this.colon()
  }

  /** The colon behind a name, with the white space around it. */
  colon(): boolean {
    if (this.next() !== colon) return false
    this.at++
    this.next()
    return true
  }

  string(): boolean {
    const { bytes } = this
    let { at } = this
    this.plain = true
    if (bytes[at] !== quote) return false
    for (;;) {
      const byte = bytes[++at] ?? 0
      if (isPlain[byte] === 1) continue
      if (byte === quote) break
      this.plain = false
      if (byte >= 0x80) this.ascii = false
      else if (byte < 0x20 || (byte === backslash && !isEscape(bytes, ++at))) {
        this.at = at
        return false
      }
    }
    this.at = at + 1
    return true
  }

  /** The text of the string just read, which began at `start`; undefined: not UTF-8. */
  text(start: number): string | undefined {
    const { at, bytes } = this
    if (!this.plain) return jsonStringText(bytes.subarray(start, at))
    if (at - start > longestUnrolled) return utf8Text(bytes.subarray(start + 1, at - 1))
    let text = ''
    for (let index = start + 1; index < at - 1; index++) text += String.fromCharCode(bytes[index] ?? 0)
    return text
  }

  /** Closes what ends here and moves to the next value, if one follows in what is still open. */
  #leave(closers: number[]): boolean {
    while (closers.length > 0) {
      const byte = this.next()
      const closer = closers[closers.length - 1]
      if (byte === closer) {
        closers.pop()
        this.at++
      } else if (byte === comma) {
        this.at++
        this.next()
        return closer === closeArray || this.name()
      } else return false
    }
    return true
  }

  #scalar(): boolean {
    const byte = this.bytes[this.at] ?? 0
    if (byte === quote) return this.string()
    return byte === 0x2d || isDigit(byte) ? this.#number() : this.#literal()
  }

  #literal(): boolean {
    const word = literals.find((candidate) => candidate[0] === this.bytes[this.at])
    if (word === undefined) return false
    for (const letter of word) {
      if (this.bytes[this.at] !== letter) return false
      this.at++
    }
    return true
  }

  #number(): boolean {
    const { bytes } = this
    if (bytes[this.at] === 0x2d) this.at++
    if (bytes[this.at] === 0x30) this.at++
    else if (!this.#digits()) return false
    if (bytes[this.at] === 0x2e) {
      this.at++
      if (!this.#digits()) return false
    }
    if (((bytes[this.at] ?? 0) | 0x20) === 0x65) {
      this.at++
      if (bytes[this.at] === 0x2b || bytes[this.at] === 0x2d) this.at++
      if (!this.#digits()) return false
    }
    return true
  }

  #digits(): boolean {
    const start = this.at
    while (isDigit(this.bytes[this.at] ?? 0)) this.at++
    return this.at > start
  }
}

/** The text of a JSON string, given with its quotes; undefined: not UTF-8. */
export function jsonStringText(token: Uint8Array): string | undefined {
  const text = utf8Text(token)
  return text === undefined ? undefined : (JSON.parse(text) as string)
}

function isEscape(bytes: Uint8Array, at: number): boolean {
  const byte = bytes[at] ?? 0
  if (byte >= 0x80 || escapes[byte] === 0) return false
  return (
    byte !== 0x75 ||
    (isHex(bytes[at + 1]) && isHex(bytes[at + 2]) && isHex(bytes[at + 3]) && isHex(bytes[at + 4]))
  )
}

function isHex(byte = 0): boolean {
  const letter = byte | 0x20
  return isDigit(byte) || (letter >= 0x61 && letter <= 0x66)
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39
}

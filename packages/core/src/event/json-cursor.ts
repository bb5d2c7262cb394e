import { utf8Text } from './utf8.ts'

const quote = 0x22
const backslash = 0x5c
const openObject = 0x7b
const openArray = 0x5b
const closeArray = 0x5d
const comma = 0x2c
const colon = 0x3a
const space = 0x20

/** What `JSON.parse` would make of these follow a backslash. */
const escapes = new Uint8Array(128)
for (const character of '"\\/bfnrtu') escapes[character.charCodeAt(0)] = 1

/** Shorter strings are put together here: calling the decoder costs more. */
const longestUnrolled = 12

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
  /** What closes what is open. */
  readonly #closers: number[] = []
  readonly #view: DataView

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  }

  /** Moves over white space. → the byte there, -1 at the end. */
  next(): number {
    const { bytes } = this
    if (bytes[this.at]! <= space) this.at = behindSpace(bytes, this.at)
    return bytes[this.at] ?? -1
  }

  /** How many of the bytes from `start` to `end`, which lie behind, stand here again. */
  same(start: number, end: number): number {
    const { at, bytes } = this
    const most = Math.min(end - start, bytes.length - at)
    let count = 0
    while (count < most && bytes[start + count] === bytes[at + count]) count++
    return count
  }

  /** One value of any kind; `next()` has been called. */
  value(): boolean {
    const { bytes } = this
    const closers = this.#closers
    let depth = 0
    // not in `this.at`: each step would wait for the one before to be stored
    let { at } = this
    for (;;) {
      const byte = bytes[at]
      if (byte === quote) at = this.#behindString(at)
      else if (byte === openObject || byte === openArray) {
        const closer = byte + 2
        at++
        if (bytes[at]! <= space) at = behindSpace(bytes, at)
        if (bytes[at] !== closer) {
          closers[depth++] = closer
          if (byte === openObject) at = this.#behindName(at)
          if (at < 0) return false
          continue
        }
        at++
      } else at = this.#behindScalar(at)
      if (at < 0) return false
      // closes what ends here, and moves to the next value where one follows in what is still open
      for (;;) {
        if (depth === 0) {
          this.at = at
          return true
        }
        const closer = closers[depth - 1]
        if (bytes[at]! <= space) at = behindSpace(bytes, at)
        const separator = bytes[at]
        if (separator === comma) {
          at++
          if (bytes[at]! <= space) at = behindSpace(bytes, at)
          if (closer !== closeArray) at = this.#behindName(at)
          if (at < 0) return false
          break
        }
        if (separator !== closer) {
          this.at = at
          return false
        }
        depth--
        at++
      }
    }
  }

  /** The colon behind a name, with the white space around it. */
  colon(): boolean {
    const at = this.#behindColon(this.at)
    if (at < 0) return false
    this.at = at
    return true
  }

  string(): boolean {
    const { at } = this
    const end = this.bytes[at] === quote ? this.#behindString(at) : -1
    if (end < 0) return false
    this.at = end
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

  /** These say where what they read ends, -1 where it is no JSON: then `at` is the byte that is not. */
  #fails(at: number): number {
    this.at = at
    return -1
  }

  #behindName(at: number): number {
    if (this.bytes[at] !== quote) return this.#fails(at)
    const end = this.#behindString(at)
    return end < 0 ? end : this.#behindColon(end)
  }

  #behindColon(from: number): number {
    const { bytes } = this
    let at = from
    if (bytes[at]! <= space) at = behindSpace(bytes, at)
    if (bytes[at] !== colon) return this.#fails(at)
    at++
    return bytes[at]! <= space ? behindSpace(bytes, at) : at
  }

  #behindString(from: number): number {
    const { bytes } = this
    const view = this.#view
    const lastWord = bytes.length - 4
    let at = from + 1
    let plain = true
    let above = 0
    for (;;) {
      // four bytes at a time, up to one that is not plain
      while (at <= lastWord) {
        const word = view.getInt32(at, true)
        above |= word + 0x01010101
        const others = notPlain(word)
        if (others !== 0) {
          at += firstByte(others)
          break
        }
        at += 4
      }
      // none at the end: nor is a control character one of a string
      const byte = bytes[at] ?? 0
      if (byte === quote) break
      if (byte >= 0x80) {
        this.ascii = false
        plain = false
        while (bytes[at]! >= 0x80) at++
      } else if (byte === backslash) {
        plain = false
        const length = escapeLength(bytes, at + 1)
        if (length === 0) return this.#fails(at + 1)
        at += 1 + length
      } else if (byte < 0x20) return this.#fails(at)
      else {
        if (byte === 0x7f) plain = false
        at++
      }
    }
    // DEL, or a byte from 0x80 on, which may stand behind the string: to take it for less plain than it is, is safe
    this.plain = plain && (above & highBits) === 0
    return at + 1
  }

  #behindScalar(at: number): number {
    switch (this.bytes[at]) {
      case 0x74:
        return this.#behindWord(at, 'true')
      case 0x66:
        return this.#behindWord(at, 'false')
      case 0x6e:
        return this.#behindWord(at, 'null')
      default:
        return this.#behindNumber(at)
    }
  }

  #behindWord(from: number, word: string): number {
    for (let index = 1; index < word.length; index++)
      if (this.bytes[from + index] !== word.charCodeAt(index)) return this.#fails(from + index)
    return from + word.length
  }

  #behindNumber(from: number): number {
    const { bytes } = this
    let at = bytes[from] === 0x2d ? from + 1 : from
    if (bytes[at] === 0x30) at++
    else at = this.#behindDigits(at)
    if (at >= 0 && bytes[at] === 0x2e) at = this.#behindDigits(at + 1)
    if (at >= 0 && (bytes[at]! | 0x20) === 0x65) {
      const sign = bytes[at + 1]
      at = this.#behindDigits(sign === 0x2b || sign === 0x2d ? at + 2 : at + 1)
    }
    return at
  }

  #behindDigits(from: number): number {
    const { bytes } = this
    let at = from
    while (bytes[at]! >= 0x30 && bytes[at]! <= 0x39) at++
    return at > from ? at : this.#fails(at)
  }
}

/** The text of a JSON string, given with its quotes; undefined: not UTF-8. */
export function jsonStringText(token: Uint8Array): string | undefined {
  const text = utf8Text(token)
  return text === undefined ? undefined : (JSON.parse(text) as string)
}

/** Called where there is some: few texts have any, and V8 inlines only so much. */
function behindSpace(bytes: Uint8Array, from: number): number {
  let at = from
  let byte = bytes[at]
  while (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) byte = bytes[++at]
  return at
}

/** The highest bit of each of four bytes. */
const highBits = 0x80808080

/**
 * The bytes of a word that are a control character, a quote, a backslash or none of ASCII, each by its highest
 * bit; zero: there is none. What is above the first may be wrong, as that borrows from it.
 */
function notPlain(word: number): number {
  const control = word - 0x20202020
  const isQuote = (word ^ 0x22222222) - 0x01010101
  const isBackslash = (word ^ 0x5c5c5c5c) - 0x01010101
  return (word | control | isQuote | isBackslash) & highBits
}

/** Which of a word's four bytes is the first whose highest bit is set. */
function firstByte(bits: number): number {
  return (31 - Math.clz32(bits & -bits)) >> 3
}

/** Of what follows a backslash; 0: it is no escape. */
function escapeLength(bytes: Uint8Array, at: number): number {
  const byte = bytes[at] ?? 0
  if (byte >= 0x80 || escapes[byte] === 0) return 0
  if (byte !== 0x75) return 1
  return isHex(bytes[at + 1]) && isHex(bytes[at + 2]) && isHex(bytes[at + 3]) && isHex(bytes[at + 4]) ? 5 : 0
}

function isHex(byte = 0): boolean {
  const letter = byte | 0x20
  return isDigit(byte) || (letter >= 0x61 && letter <= 0x66)
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39
}

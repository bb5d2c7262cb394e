import { JsonCursor } from './json-cursor.ts'
import { printable } from './printable.ts'
import { problem, type Problem } from './problems.ts'
import { utf8Text } from './utf8.ts'

/** A cursor at the first value of a JSON text; a byte order mark before it is passed over (RFC 8259, 8.1). */
export function startOfJson(bytes: Uint8Array): JsonCursor {
  // views of a plain Uint8Array cost a third of those of a subclass such as node's Buffer
  const cursor = new JsonCursor(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length))
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) cursor.at = 3
  cursor.next()
  return cursor
}

/** What is wrong behind the last value, or with the whole text's encoding. */
export function endOfJson(cursor: JsonCursor): Problem | undefined {
  if (cursor.next() >= 0) return malformedJson(cursor)
  if (cursor.ascii || utf8Text(cursor.bytes) !== undefined) return undefined
  return problem('invalid-utf8', 'the body is not UTF-8, which JSON is written in')
}

export function malformedJson({ at, bytes }: JsonCursor): Problem {
  const byte = bytes[at]
  if (byte !== undefined)
    return problem(
      'malformed-json',
      `the body is not JSON: ${printable(String.fromCharCode(byte))} at byte ${at}`,
    )
  const state = bytes.length === 0 ? 'it is empty' : `it ends too early, after ${bytes.length} bytes`
  return problem('malformed-json', `the body is not JSON: ${state}`)
}

/** Whether bytes are one JSON value in UTF-8, so that they can stand in a JSON text as they are. */
export function isJson(bytes: Uint8Array): boolean {
  const cursor = new JsonCursor(bytes)
  cursor.next()
  return cursor.value() && cursor.next() < 0 && (cursor.ascii || utf8Text(bytes) !== undefined)
}

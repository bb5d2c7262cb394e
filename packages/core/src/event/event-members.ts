import { badName, isAttributeName } from './attribute-name.ts'
import { characterProblem } from './characters.ts'
import type { AttributeValue } from './cloud-event.ts'
import { isInteger } from './integer.ts'
import type { JsonCursor } from './json-cursor.ts'
import { malformedJson } from './json-text.ts'
import { knownName } from './known-names.ts'
import { NewAttributes } from './new-attributes.ts'
import { printable } from './printable.ts'
import { problem, type Problem } from './problems.ts'

const quote = 0x22
const closeObject = 0x7d
const comma = 0x2c
const integer = /^-?\d{1,10}$/

/** The members of an event's JSON object, with the text of its data members as it stands. */
export interface EventMembers {
  readonly attributes: Record<string, AttributeValue>
  /** Members that are null: they count as absent (JSON format, 2.2), but a name stands only once. */
  nulls: Set<string> | undefined
  data: Uint8Array | undefined
  base64: Uint8Array | undefined
}

/** A member as it stood in the event before it in a batch. */
interface MemberBefore {
  readonly name: string
  readonly start: number
  readonly valueStart: number
  /** Behind its value, where that is a string; where it begins, if it is not. */
  readonly end: number
  readonly text: string | undefined
}

/**
 * The members of the event before in a batch, by their place. Most of the next event's are the same, byte for
 * byte: what they say is known then, and that it may be said.
 */
export type MembersBefore = MemberBefore[]

/** Reads the object that the cursor stands at, and moves behind it; `before` becomes what the next is compared with. */
export function readEventMembers(cursor: JsonCursor, before?: MembersBefore): EventMembers | Problem {
  const first = cursor.bytes[cursor.at]
  if (first === undefined) return malformedJson(cursor)
  if (first !== 0x7b) return problem('not-an-object', 'an event is a JSON object, this is something else')
  const attributes = new NewAttributes()
  const members: EventMembers = { attributes, nulls: undefined, data: undefined, base64: undefined }
  cursor.at++
  if (cursor.next() === closeObject) {
    cursor.at++
    return members
  }
  for (let place = 0; ; place++) {
    const wrong = readMember(cursor, members, place, before)
    if (wrong !== undefined) return wrong
    const separator = cursor.next()
    if (separator !== comma && separator !== closeObject) return malformedJson(cursor)
    cursor.at++
    if (separator === closeObject) return members
    cursor.next()
  }
}

function readMember(
  cursor: JsonCursor,
  members: EventMembers,
  place: number,
  before: MembersBefore | undefined,
): Problem | undefined {
  const start = cursor.at
  const known = before?.[place]
  const same = known === undefined ? 0 : cursor.same(known.start, known.end)
  const isNamed = known !== undefined && same >= known.valueStart - known.start
  const name = isNamed ? known.name : readName(cursor)
  if (typeof name !== 'string') return name
  if (isTaken(members, name)) return problem('duplicate-attribute', `the member ${name} is given twice`, name)
  // a string ends with its quote, so that the same bytes are the same string
  if (isNamed && known.text !== undefined && same === known.end - known.start) {
    cursor.at += same
    members.attributes[name] = known.text
    return undefined
  }
  if (isNamed) {
    cursor.at += known.valueStart - known.start
    cursor.next()
  }
  const valueStart = cursor.at
  const text = readValue(cursor, members, name)
  if (typeof text === 'object') return text
  if (before !== undefined)
    before[place] = { name, start, valueStart, end: text === undefined ? valueStart : cursor.at, text }
  return undefined
}

/** The name of a member, which may be one; the cursor moves to the value. */
function readName(cursor: JsonCursor): string | Problem {
  const start = cursor.at
  if (!cursor.string()) return malformedJson(cursor)
  const name = knownName(cursor.bytes, start + 1, cursor.at - 1) ?? cursor.text(start)
  if (name === undefined) return problem('invalid-utf8', 'the name of a member is not UTF-8')
  if (!cursor.colon()) return malformedJson(cursor)
  return name === 'data_base64' || isAttributeName(name) ? name : badName(name)
}

function isTaken(members: EventMembers, name: string): boolean {
  if (name === 'data') return members.data !== undefined
  if (name === 'data_base64') return members.base64 !== undefined
  return members.attributes[name] !== undefined || members.nulls?.has(name) === true
}

/** Takes the value of a member that the cursor stands at. → its text, where it is an attribute's. */
function readValue(cursor: JsonCursor, members: EventMembers, name: string): string | undefined | Problem {
  const start = cursor.at
  if (name === 'data' || name === 'data_base64') {
    if (!cursor.value()) return malformedJson(cursor)
    members[name === 'data' ? 'data' : 'base64'] = cursor.bytes.subarray(start, cursor.at)
    return undefined
  }
  const value = readAttribute(cursor, name)
  if (value === null) (members.nulls ??= new Set()).add(name)
  else if (typeof value === 'object') return value
  else members.attributes[name] = value
  return typeof value === 'string' ? value : undefined
}

/** A value of the JSON format's types (2.2): string, Integer, Boolean; null stands for none. */
function readAttribute(cursor: JsonCursor, name: string): AttributeValue | null | Problem {
  const { bytes, at: start } = cursor
  const first = bytes[start]
  if (first === 0x7b || first === 0x5b) {
    const kind = first === 0x7b ? 'an object' : 'an array'
    return problem(
      'attribute-type',
      `${name} is ${kind}: an attribute is a string, an integer or a Boolean`,
      name,
    )
  }
  if (first === quote ? !cursor.string() : !cursor.value()) return malformedJson(cursor)
  if (first === quote) return readText(cursor, start, name)
  if (first === 0x74) return true
  if (first === 0x66) return false
  return first === 0x6e ? null : readInteger(bytes.subarray(start, cursor.at), name)
}

function readText(cursor: JsonCursor, start: number, name: string): string | Problem {
  const text = cursor.text(start)
  if (text === undefined) return problem('invalid-utf8', `${name} is not UTF-8`, name)
  return cursor.plain ? text : (characterProblem(name, text, name) ?? text)
}

function readInteger(token: Uint8Array, name: string): number | Problem {
  const text = String.fromCharCode(...token.subarray(0, 80))
  const value = Number(text)
  // a negative zero is no other number, and is written as 0
  if (integer.test(text) && isInteger(value)) return value === 0 ? 0 : value
  const rule =
    'an integer from -2147483648 to 2147483647 without fraction or exponent; send others as strings'
  return problem('attribute-type', `${name} is ${printable(text)}, a number must be ${rule}`, name)
}

import type { CloudEvent } from './cloud-event.ts'
import { readEventMembers, type MembersBefore } from './event-members.ts'
import type { JsonCursor } from './json-cursor.ts'
import { endOfJson, malformedJson, startOfJson } from './json-text.ts'
import { problem, type Problem } from './problems.ts'
import { readData } from './structured-data.ts'
import { validateAttributes } from './validate.ts'

const openArray = 0x5b
const closeArray = 0x5d
const comma = 0x2c
/** Events of one batch at most. */
const largestBatch = 1_000

/** An event in the JSON format: attributes are read, data bytes kept as they stand (JSON format, 3). */
export function readStructured(body: Uint8Array): CloudEvent | Problem {
  const cursor = startOfJson(body)
  const event = readEvent(cursor)
  return 'code' in event ? event : (endOfJson(cursor) ?? event)
}

/** The events of a JSON batch (JSON format, 4), all or none; all of one specversion (HTTP binding, 3.3.2). */
export function readBatch(body: Uint8Array): CloudEvent[] | Problem {
  const cursor = startOfJson(body)
  const first = cursor.next()
  if (first < 0) return malformedJson(cursor)
  if (first !== openArray)
    return problem('not-an-array', 'a batch is a JSON array of events, this is no array')
  cursor.at++
  const events: CloudEvent[] = []
  const members: MembersBefore = []
  let separator = cursor.next()
  while (separator !== closeArray) {
    const event = readNext(cursor, events, members)
    if ('code' in event) return { ...event, index: events.length }
    events.push(event)
    separator = cursor.next()
    if (separator !== comma && separator !== closeArray) return malformedJson(cursor)
    if (separator === comma) {
      cursor.at++
      cursor.next()
    }
  }
  cursor.at++
  return endOfJson(cursor) ?? events
}

function readNext(
  cursor: JsonCursor,
  before: readonly CloudEvent[],
  members: MembersBefore,
): CloudEvent | Problem {
  if (before.length === largestBatch)
    return problem('too-many-events', `a batch has at most ${largestBatch} events, this one has more`)
  const event = readEvent(cursor, members, before.at(-1))
  const [first] = before
  if ('code' in event || first === undefined) return event
  const { specversion } = event.attributes
  return specversion === first.attributes.specversion ? event : mixedVersions(String(specversion))
}

function readEvent(
  cursor: JsonCursor,
  membersBefore?: MembersBefore,
  before?: CloudEvent,
): CloudEvent | Problem {
  const members = readEventMembers(cursor, membersBefore)
  if ('code' in members) return members
  const { attributes } = members
  // an empty subject counts as none, as in Knative
  if (attributes.subject === '') delete attributes.subject
  const invalid = validateAttributes(attributes, memberName, { valid: before?.attributes })
  if (invalid !== undefined) return invalid
  const data = readData(members)
  return 'code' in data ? data : { attributes, data: data.bytes, dataForm: data.form }
}

function memberName(attribute: string): string {
  return attribute
}

function mixedVersions(version: string): Problem {
  const detail = `specversion is "${version}" while the batch's first event has another: they must be the same`
  return problem('mixed-specversions', detail, 'specversion')
}

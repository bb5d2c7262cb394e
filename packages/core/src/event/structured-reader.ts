import type { CloudEvent } from './cloud-event.ts'
import { readEventMembers } from './event-members.ts'
import type { JsonCursor } from './json-cursor.ts'
import { endOfJson, malformedJson, startOfJson } from './json-text.ts'
import { problem, type Problem } from './problems.ts'
import { readData } from './structured-data.ts'
import { validateAttributes } from './validate.ts'

/** Events of one batch at most. */
export const largestBatch = 1_000

/** An event in the JSON format: attributes are read, data bytes kept as they stand (JSON format, 3). */
export function readStructured(body: Uint8Array): CloudEvent | Problem {
  const cursor = startOfJson(body)
  const event = readEvent(cursor)
  return 'code' in event ? event : (endOfJson(cursor) ?? event)
}

/** The events of a JSON batch (JSON format, 4), all or none; all of one specversion (HTTP binding, 3.3.2). */
export function readBatch(body: Uint8Array): CloudEvent[] | Problem {
  const cursor = startOfJson(body)
  const events: CloudEvent[] = []
  const first = body[cursor.at]
  if (first === undefined) return malformedJson(cursor)
  if (first !== 0x5b)
    return problem('not-an-array', 'a batch is a JSON array of events, this body is something else')
  cursor.at++
  for (let more = cursor.next() !== 0x5d; more;) {
    if (events.length === largestBatch)
      return problem('too-many-events', `a batch has at most ${largestBatch} events, this one has more`)
    const event = readEvent(cursor)
    if ('code' in event) return { ...event, index: events.length }
    const version = event.attributes.specversion
    if (events[0] !== undefined && version !== events[0].attributes.specversion)
      return { ...mixedVersions(String(version)), index: events.length }
    events.push(event)
    const separator = cursor.next()
    more = separator === 0x2c
    if (!more && separator !== 0x5d) return malformedJson(cursor)
    if (more) {
      cursor.at++
      cursor.next()
    }
  }
  cursor.at++
  return endOfJson(cursor) ?? events
}

function readEvent(cursor: JsonCursor): CloudEvent | Problem {
  const members = readEventMembers(cursor)
  if ('code' in members) return members
  const { attributes } = members
  // an empty subject counts as none, as in Knative
  if (attributes.subject === '') delete attributes.subject
  const invalid = validateAttributes(attributes, memberName)
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

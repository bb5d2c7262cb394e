import { badName, isAttributeName } from './attribute-name.ts'
import { characterProblem } from './characters.ts'
import type { CloudEvent } from './cloud-event.ts'
import { decodeHeaderValue, isPlainValue, trimmed } from './header-value.ts'
import { nameOfHeader } from './known-names.ts'
import { NewAttributes } from './new-attributes.ts'
import { printable } from './printable.ts'
import { problem, type Problem } from './problems.ts'
import { reserved } from './reserved-names.ts'
import { validateAttributes } from './validate.ts'

/** An event in binary mode: attributes in ce- headers, the body is the data (HTTP binding, 3.1). */
export function readBinary(
  rawHeaders: readonly string[],
  contentType: string | undefined,
  body: Uint8Array,
): CloudEvent | Problem {
  const attributes = new NewAttributes()
  let coded: Set<string> | undefined
  let found = false
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const header = rawHeaders[index] ?? ''
    if (!isEventHeader(header)) continue
    found = true
    const sent = trimmed(rawHeaders[index + 1] ?? '')
    const name = nameOfHeader(header) ?? otherName(header)
    if (typeof name !== 'string') return name
    if (attributes[name] !== undefined)
      return problem('duplicate-attribute', `${header} is given twice`, name)
    if (isPlainValue(sent)) attributes[name] = sent
    else {
      const value = decodeHeaderValue(sent)
      if (value === undefined) return notUtf8(name, sent)
      const disallowed = characterProblem(`ce-${name}`, value, name)
      if (disallowed !== undefined) return disallowed
      attributes[name] = value
      if (sent.includes('%')) coded = (coded ?? new Set()).add(name)
    }
  }
  if (!found) return notAnEvent(contentType)
  if (contentType !== undefined) attributes.datacontenttype = contentType
  // an empty subject counts as none, as in Knative
  if (attributes.subject === '') delete attributes.subject
  const invalid = validateAttributes(attributes, headerName, { coded })
  return invalid ?? { attributes, data: body.length === 0 ? undefined : body, dataForm: 'binary' }
}

/** The header that carries an attribute in binary mode. */
function headerName(attribute: string): string {
  return attribute === 'datacontenttype' ? 'content-type' : `ce-${attribute}`
}

function isEventHeader(name: string): boolean {
  return (
    name.charCodeAt(2) === 0x2d &&
    (name.charCodeAt(0) | 0x20) === 0x63 &&
    (name.charCodeAt(1) | 0x20) === 0x65
  )
}

/** The attribute of a ce- header that is none of the known, whatever the header's case. */
function otherName(header: string): string | Problem {
  const sent = header.slice(3)
  const name = isAttributeName(sent) ? sent : sent.toLowerCase()
  if (!isAttributeName(name)) return badName(name)
  const reason = reserved.get(name)
  if (reason === undefined) return name
  return problem('reserved-attribute', `ce-${name} must not be sent: ${reason}`, name)
}

function notUtf8(name: string, sent: string): Problem {
  return problem('invalid-utf8', `ce-${name} is ${printable(sent)}, whose bytes are not UTF-8`, name)
}

function notAnEvent(contentType: string | undefined): Problem {
  const body = contentType === undefined ? 'no content-type' : `content-type ${printable(contentType)}`
  const detail =
    `the headers ce-specversion, ce-id, ce-source, ce-type are missing (binary mode), and with ${body} the body is ` +
    'no event either (structured mode has application/cloudevents+json)'
  return problem('not-a-cloudevent', detail)
}

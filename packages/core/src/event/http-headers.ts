import { trimmed } from './header-value.ts'
import { essence } from './media-type.ts'
import { printable } from './printable.ts'
import { problem, type Problem } from './problems.ts'

export type ContentMode = 'binary' | 'structured' | 'batch'

/** How a message says its body is to be read. */
export interface ContentHeaders {
  readonly mode: ContentMode
  readonly contentType: string | undefined
}

/** Tells the content mode by the Content-Type (HTTP binding, 3) and refuses what cannot be read. */
export function readContentHeaders(rawHeaders: readonly string[]): ContentHeaders | Problem {
  let contentType: string | undefined
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const header = rawHeaders[index] ?? ''
    if (header.length === 12 && header.toLowerCase() === 'content-type') {
      if (contentType !== undefined)
        return problem('duplicate-header', 'the content-type header is given twice')
      contentType = trimmed(rawHeaders[index + 1] ?? '')
    } else if (header.length === 16 && header.toLowerCase() === 'content-encoding') {
      const coding = trimmed(rawHeaders[index + 1] ?? '')
      if (coding.toLowerCase() !== 'identity') return encoded(coding)
    }
  }
  const mode = contentType === undefined ? 'binary' : contentMode(contentType)
  return mode === undefined ? unsupported(contentType ?? '') : { mode, contentType }
}

/** Undefined: a media type of CloudEvents whose format is not JSON. */
function contentMode(contentType: string): ContentMode | undefined {
  if (contentType === 'application/json') return 'binary'
  const type = essence(contentType)
  if (!type.startsWith('application/cloudevents')) return 'binary'
  if (type === 'application/cloudevents+json') return 'structured'
  return type === 'application/cloudevents-batch+json' ? 'batch' : undefined
}

function unsupported(contentType: string): Problem {
  const known = 'application/cloudevents+json and application/cloudevents-batch+json'
  return problem('unsupported-media-type', `content-type is ${printable(contentType)}, taken are ${known}`)
}

function encoded(coding: string): Problem {
  return problem('content-encoding', `content-encoding is ${printable(coding)}: send the body as it is`)
}

import { toBinary, toStructured } from '@millrace/core'
import type { SinkEvent } from '@millrace/source-sdk'

/** A message as Google's client takes it. */
export interface OutgoingMessage {
  readonly data: Buffer
  readonly attributes: Readonly<Record<string, string>>
  readonly orderingKey?: string
}

/**
 * The message of an event (CloudEvents, Pub/Sub protocol binding): its ordering key is `partitionkey`; in binary
 * mode attributes are `ce-` attributes and the data is the data; in structured mode the data is all of it.
 */
export function toMessage(
  { event, trace }: SinkEvent,
  contentMode: 'binary' | 'structured',
): OutgoingMessage {
  const { partitionkey } = event.attributes
  const { headers, body } = contentMode === 'binary' ? toBinary(event) : toStructured(event)
  const attributes: Record<string, string> = {}
  for (let at = 0; at + 1 < headers.length; at += 2) {
    const [name = '', value = ''] = [headers[at], headers[at + 1]]
    if (name === 'content-type') attributes['Content-Type'] = value
    // as over HTTP, but that attributes are UTF-8 and need no escapes
    else attributes[name] = String(event.attributes[name.slice('ce-'.length)])
  }
  return {
    data: Buffer.from(body ?? []),
    attributes: { ...attributes, ...trace },
    ...(partitionkey !== undefined && partitionkey !== '' && { orderingKey: String(partitionkey) }),
  }
}

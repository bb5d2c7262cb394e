import { toBinary, toStructured, type CloudEvent } from '@millrace/core'
import type { SinkEvent } from '@millrace/source-sdk'
import type { OutgoingRecord } from '../client/kafka-client.ts'

/**
 * The record of an event (CloudEvents Kafka binding, 3): its key is `partitionkey`; in binary mode attributes are
 * `ce_` headers and the value is the data, null where there is none; in structured mode the value is all of it.
 */
export function toRecord(
  { event, trace }: SinkEvent,
  topic: string,
  contentMode: 'binary' | 'structured',
): OutgoingRecord {
  const { partitionkey } = event.attributes
  const { headers, value } = contentMode === 'binary' ? binary(event) : structured(event)
  return {
    topic,
    key: partitionkey === undefined ? null : Buffer.from(String(partitionkey)),
    value,
    headers: [...headers, ...Object.entries(trace)],
  }
}

type Content = Pick<OutgoingRecord, 'headers' | 'value'>

/** As over HTTP, but that headers are UTF-8 and need no escapes. */
function binary(event: CloudEvent): Content {
  const { headers: ofHttp, body } = toBinary(event)
  const headers: [string, string][] = []
  for (let at = 0; at + 1 < ofHttp.length; at += 2) {
    const [name = '', value = ''] = [ofHttp[at], ofHttp[at + 1]]
    const attribute = name.startsWith('ce-') ? name.slice(3) : undefined
    headers.push(
      attribute === undefined ? [name, value] : [`ce_${attribute}`, String(event.attributes[attribute])],
    )
  }
  return { headers, value: body ?? null }
}

function structured(event: CloudEvent): Content {
  const { body } = toStructured(event)
  return { headers: [['content-type', 'application/cloudevents+json']], value: body ?? null }
}

import type { AttributeValue } from '../event/cloud-event.ts'
import { encodeBase64 } from '../event/base64.ts'
import type { Failure } from '../event/event-record.ts'

/** Knative's limit of `knativeerrordata`: the base64 of 768 bytes. */
const longestData = 1_024
const userInfo = /^([A-Za-z][A-Za-z0-9+.-]*:\/\/)[^/?#]*@/
const utf8 = new TextEncoder()

/**
 * The extensions of a dead letter (Knative), for `withAttributes`: always the latest failure's, so that
 * data left from an earlier one is taken away. Without any answer the code is "500" and the data the reason.
 */
export function deadLetterExtensions(
  failure: Pick<Failure, 'destination' | 'code' | 'body' | 'reason'>,
): Readonly<
  Record<'knativeerrordest' | 'knativeerrorcode' | 'knativeerrordata', AttributeValue | undefined>
> {
  const { destination, code, body, reason } = failure
  const data = code === undefined ? base64Text(reason) : (body ?? '')
  return {
    knativeerrordest: destination.replace(userInfo, '$1'),
    knativeerrorcode: String(code ?? 500),
    knativeerrordata: data === '' ? undefined : data.slice(0, longestData),
  }
}

function base64Text(text: string): string {
  return new TextDecoder().decode(encodeBase64(utf8.encode(text)))
}

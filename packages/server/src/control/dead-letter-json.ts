import { structuredText } from '@millrace/core'
import type { DeadLetter } from '@millrace/storage'
import { rfc3339 } from './rfc3339.ts'
import { routeIdentity } from './route-identity.ts'
import { storedRecord } from '../stored-record.ts'

/**
 * A dead letter as JSON text. The event is put in as it is written, so that its data keeps its bytes
 * (big integers, white space), and so is the reply whose URL did not take it; of a record that cannot be read the bytes are shown, base64.
 */
export function deadLetterJson(letter: DeadLetter, routeId: string | undefined): string {
  const { id, record, details } = letter
  const { addressable, kind, namespace, name } = routeIdentity(routeId ?? '')
  const { reason, code, attempts, firstAttempt, lastAttempt, destination, body, more } = details
  const facts = {
    id,
    addressable,
    route: name,
    namespace,
    kind,
    reason,
    code,
    attempts,
    firstAttempt: rfc3339(firstAttempt),
    lastAttempt: rfc3339(lastAttempt),
    destination,
    body,
    more,
  }
  const read = storedRecord(record)
  if (read === undefined)
    return JSON.stringify({ ...facts, event: null, raw: Buffer.from(record).toString('base64') })
  const { event, attached } = read
  const reply = attached?.as === 'reply' ? `,"reply":${structuredText(attached.event)}` : ''
  return `${JSON.stringify(facts).slice(0, -1)},"event":${structuredText(event)}${reply}}`
}

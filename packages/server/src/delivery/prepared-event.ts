import { toHttp, ttlAttribute, type EventRecord, type HttpMessage } from '@millrace/core'
import { encodeRecord } from '@millrace/storage'

/** What a leased event costs beside its bytes: objects, strings, prepared headers. */
const overheadBytes = 1024

type Format = 'json' | 'binary' | undefined

/** One event in memory, shared by all its deliveries; its messages are made once for each format. */
export class PreparedEvent {
  readonly record: EventRecord
  /** What it counts in the budget of leased events. */
  readonly size: number
  /** Deliveries that hold it. */
  holders = 0
  #binary: HttpMessage | undefined
  #json: HttpMessage | undefined
  #unset: HttpMessage | undefined

  constructor(record: EventRecord, storedBytes: number) {
    this.record = record
    this.size = storedBytes + overheadBytes
  }

  /** The event's `id` attribute. */
  get id(): string {
    return String(this.record.event.attributes['id'])
  }

  /** The request's headers (those passed on too, without the route's own) and body. */
  message(format: Format): HttpMessage {
    switch (format) {
      case 'binary':
        return (this.#binary ??= this.#make(format))
      case 'json':
        return (this.#json ??= this.#make(format))
      case undefined:
        return (this.#unset ??= this.#make(format))
    }
  }

  #make(format: Format): HttpMessage {
    const { event, headers } = this.record
    // subscribers never see the loop guard; their replies get it back
    const message = toHttp(event, format, { omit: ttlAttribute })
    for (const [name, value] of Object.entries(headers)) message.headers.push(name, value)
    return message
  }
}

/** An event with its stored form, made together so that the size is known. */
export function prepareEvent(record: EventRecord): { event: PreparedEvent; stored: Uint8Array } {
  const stored = encodeRecord(record)
  return { event: new PreparedEvent(record, stored.length), stored }
}

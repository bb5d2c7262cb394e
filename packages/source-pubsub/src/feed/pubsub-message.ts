import type { CloudEvent } from '@millrace/source-sdk'

/** One message of Pub/Sub, pulled or pushed. */
export interface PubSubMessage {
  readonly id: string
  readonly data: Uint8Array
  readonly attributes: Readonly<Record<string, string>>
  /** RFC 3339. */
  readonly publishTime: string
  /** Empty where there is none. */
  readonly orderingKey: string
}

/** Where a message comes from; full names, such as `projects/P/topics/T`. */
export interface MessagePlace {
  readonly projectId: string
  readonly topic: string
  readonly subscription: string
}

/** What becomes of a message: an event, nothing because the manifest does not ask for it, or why there can be none. */
export type FromMessage =
  | { readonly event: CloudEvent }
  | { readonly ignored: true }
  | { readonly malformed: string }

export type ToEvent = (message: PubSubMessage, place: MessagePlace) => FromMessage

/**
 * What is the same of one message however often it comes. Its id alone would do for Google; an emulator that is
 * started anew counts from the beginning.
 */
export function messageKey({ id, publishTime }: PubSubMessage): string {
  return `${id} ${publishTime}`
}

/** A time with nanoseconds as Google writes it: with 0, 3, 6 or 9 digits of a second (protobuf, JSON mapping). */
export function timeText(text: string): string {
  return text.replace(/\.(\d+)Z$/, (_, digits: string) => {
    const short = digits.replace(/(?:000)+$/, '')
    return short === '' ? 'Z' : `.${short}Z`
  })
}

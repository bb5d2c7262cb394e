import type { WebhookRequest } from '@millrace/source-sdk'
import { timeText, type PubSubMessage } from '../feed/pubsub-message.ts'

/** A pushed message, and the full name of the subscription that it came by. */
export type ReadPush =
  | { readonly kind: 'push'; readonly message: PubSubMessage; readonly subscription: string }
  | { readonly kind: 'malformed'; readonly detail: string }
  | { readonly kind: 'unsupported-media-type'; readonly detail: string }

const metadata = 'x-goog-pubsub-'
const subscriptionName = /^projects\/[^/]+\/subscriptions\/[^/]+$/

/** Headers that are HTTP's, a proxy's or Google's: no attributes of a message. */
const ofHttp =
  /^(?:accept|accept-encoding|authorization|cdn-loop|connection|content-length|forwarded|from|host|traceparent|tracestate|transfer-encoding|user-agent|via|x-cloud-trace-context|x-forwarded-.*|x-goog-.*|x-real-ip)$/

const bare =
  'and where the payload is unwrapped, its metadata must be in headers (--push-no-wrapper-write-metadata)'

/** Reads a push in both of Pub/Sub's forms: wrapped in JSON, or bare with its metadata in headers. */
export function readPush({ headers, body }: Pick<WebhookRequest, 'headers' | 'body'>): ReadPush {
  const id = headers[`${metadata}message-id`]
  if (id !== undefined) return unwrapped(id, headers, body)
  const contentType = headers['content-type']
  if (contentType !== undefined && !/^application\/json *(?:;|$)/i.test(contentType))
    return {
      kind: 'unsupported-media-type',
      detail: `content-type is ${contentType}: a wrapped message is application/json, ${bare}`,
    }
  const wrapped = jsonOf(body)
  if (wrapped?.message === undefined) return malformed(`the body is no message of Pub/Sub, ${bare}`)
  return ofWrapped(wrapped)
}

interface Wrapped {
  readonly subscription?: unknown
  readonly message?: {
    readonly messageId?: unknown
    readonly message_id?: unknown
    readonly data?: unknown
    readonly attributes?: unknown
    readonly publishTime?: unknown
    readonly publish_time?: unknown
    readonly orderingKey?: unknown
  }
}

function ofWrapped({ subscription, message = {} }: Wrapped): ReadPush {
  const id = message.messageId ?? message.message_id
  const publishTime = message.publishTime ?? message.publish_time
  const { data = '', attributes = {}, orderingKey = '' } = message
  if (typeof id !== 'string' || id === '') return malformed('message.messageId is missing')
  if (typeof subscription !== 'string' || !subscriptionName.test(subscription))
    return malformed('subscription must be projects/PROJECT/subscriptions/NAME')
  if (typeof publishTime !== 'string' || Number.isNaN(Date.parse(publishTime)))
    return malformed('message.publishTime must be a time (RFC 3339)')
  if (typeof data !== 'string' || !/^[A-Za-z0-9+/]*={0,2}$/.test(data))
    return malformed('message.data must be base64')
  if (!areTexts(attributes)) return malformed('message.attributes must be an object of texts')
  if (typeof orderingKey !== 'string') return malformed('message.orderingKey must be a text')
  const time = timeText(publishTime)
  const bytes = Buffer.from(data, 'base64')
  return {
    kind: 'push',
    subscription,
    message: { id, data: bytes, attributes, publishTime: time, orderingKey },
  }
}

function unwrapped(id: string, headers: Readonly<Record<string, string>>, data: Uint8Array): ReadPush {
  const subscription = headers[`${metadata}subscription-name`] ?? ''
  const publishTime = headers[`${metadata}publish-time`] ?? ''
  if (!subscriptionName.test(subscription))
    return malformed(`${metadata}subscription-name must be projects/PROJECT/subscriptions/NAME`)
  if (Number.isNaN(Date.parse(publishTime)))
    return malformed(`${metadata}publish-time must be a time (RFC 3339)`)
  const attributes = Object.fromEntries(Object.entries(headers).filter(([name]) => !ofHttp.test(name)))
  const orderingKey = headers[`${metadata}ordering-key`] ?? ''
  const time = timeText(publishTime)
  return { kind: 'push', subscription, message: { id, data, attributes, publishTime: time, orderingKey } }
}

function jsonOf(body: Uint8Array): Wrapped | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
    if (typeof value !== 'object' || value === null) return undefined
    const { message } = value as Wrapped
    return typeof message === 'object' && message !== null ? value : undefined
  } catch {
    return undefined
  }
}

function areTexts(value: unknown): value is Readonly<Record<string, string>> {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.values(value).every((each) => typeof each === 'string')
  )
}

function malformed(detail: string): ReadPush {
  return { kind: 'malformed', detail }
}

import type { Payload } from './payload.ts'

/** A body that has been read. */
export type ReadPayload =
  | { readonly kind: 'payload'; readonly payload: Payload; readonly data: Uint8Array }
  | { readonly kind: 'malformed'; readonly detail: string }
  | { readonly kind: 'unsupported-media-type'; readonly detail: string }

/**
 * Reads the body of a delivery: JSON as it is, or a form whose field `payload` is JSON (GitHub's two content
 * types). The data are the payload's own bytes.
 */
export function readPayload(contentType: string | undefined, body: Uint8Array): ReadPayload {
  switch (contentType?.split(';')[0]?.trim().toLowerCase()) {
    case 'application/json':
      return parsed(textOf(body), body, 'the body')
    case 'application/x-www-form-urlencoded': {
      const form = textOf(body)
      const field = form === undefined ? undefined : new URLSearchParams(form).get('payload')
      if (field === null) return { kind: 'malformed', detail: 'the form has no field "payload"' }
      return parsed(field, new TextEncoder().encode(field), 'the field "payload" of the form')
    }
    default: {
      const found = contentType === undefined ? 'there is no content-type' : `content-type is ${contentType}`
      const taken = 'application/json and application/x-www-form-urlencoded are taken'
      return { kind: 'unsupported-media-type', detail: `${found}: ${taken}` }
    }
  }
}

function parsed(text: string | undefined, data: Uint8Array, what: string): ReadPayload {
  if (text === undefined) return { kind: 'malformed', detail: 'the body is not UTF-8' }
  let payload: unknown
  try {
    payload = JSON.parse(text)
  } catch {
    return { kind: 'malformed', detail: `${what} is not JSON` }
  }
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload))
    return { kind: 'malformed', detail: `${what} is not a JSON object` }
  return { kind: 'payload', payload: payload as Payload, data }
}

function textOf(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}

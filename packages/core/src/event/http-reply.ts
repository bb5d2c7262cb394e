import type { CloudEvent } from './cloud-event.ts'
import { trimmed } from './header-value.ts'
import { readContentHeaders } from './http-headers.ts'
import { readHttpEvent } from './http-reader.ts'
import type { Problem } from './problems.ts'

export type ReplyResult =
  | { readonly kind: 'none' }
  | { readonly kind: 'events'; readonly events: readonly CloudEvent[] }
  /** A body that is no CloudEvent: delivered, without a reply. */
  | { readonly kind: 'not-an-event' }
  /** Meant as a CloudEvent, but not one: the delivery has failed. */
  | { readonly kind: 'malformed'; readonly problem: Problem }

/**
 * The reply in a subscriber's answer (Knative data plane, "Derived (Reply) Events"). Only 2xx carries one,
 * and never 202; structured, batch, or binary with a known ce-specversion is meant as a CloudEvent.
 */
export function readHttpReply(status: number, rawHeaders: readonly string[], body: Uint8Array): ReplyResult {
  if (!mayReply(status)) return { kind: 'none' }
  const empty = body.length === 0
  if (!isMeantAsEvent(rawHeaders, empty)) return { kind: empty ? 'none' : 'not-an-event' }
  const result = readHttpEvent(rawHeaders, body)
  if (result.kind === 'problem') return { kind: 'malformed', problem: result.problem }
  return result.events.length === 0 ? { kind: 'none' } : { kind: 'events', events: result.events }
}

/** Whether an answer's headers say that its body is a reply, for one whose body was too large to be read. */
export function announcesReply(status: number, rawHeaders: readonly string[]): boolean {
  return mayReply(status) && isMeantAsEvent(rawHeaders, false)
}

function mayReply(status: number): boolean {
  return status >= 200 && status <= 299 && status !== 202
}

/** Frameworks name a content type for empty answers too: without a body only ce- headers make an event. */
function isMeantAsEvent(rawHeaders: readonly string[], empty: boolean): boolean {
  if (hasKnownVersion(rawHeaders)) return true
  if (empty) return false
  const content = readContentHeaders(rawHeaders)
  return 'code' in content ? content.code === 'unsupported-media-type' : content.mode !== 'binary'
}

function hasKnownVersion(rawHeaders: readonly string[]): boolean {
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    if (rawHeaders[index]?.toLowerCase() !== 'ce-specversion') continue
    const version = trimmed(rawHeaders[index + 1] ?? '')
    if (version === '1.0' || version === '0.3') return true
  }
  return false
}

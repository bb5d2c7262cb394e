/** One request to a source that is called. */
export interface WebhookRequest {
  readonly method: string
  /** Behind the `?`, not decoded; empty where there is none. */
  readonly query: string
  /** By lower-case name; several of one name are joined by commas. */
  readonly headers: Readonly<Record<string, string>>
  /** As it came: signatures hold for these bytes. */
  readonly body: Uint8Array
}

/**
 * What a request came to. The host answers, counts and logs: for each source and reason one line when it
 * begins, then at most one a minute with the count. Refusals are JSON problems (RFC 9457) with `detail`.
 */
export type WebhookAnswer =
  /** 202, after `emit` has resolved (or for what makes no event by the manifest: `eventTypes`). */
  | { readonly kind: 'accepted' }
  /** Answered without an event, such as a ping. */
  | {
      readonly kind: 'answered'
      readonly status: number
      readonly contentType?: string
      readonly body?: string
    }
  /** 401: no signature, a wrong one, one of a kind that is not taken, one that is too old. */
  | { readonly kind: 'unauthorized'; readonly detail: string; readonly authenticate?: string }
  /** 400: a right signature over something that cannot become an event, or a header that is missing. */
  | { readonly kind: 'malformed'; readonly detail: string }
  /** 404: its manifest says that it is not called. */
  | { readonly kind: 'not-called'; readonly detail: string }
  /** 415. */
  | { readonly kind: 'unsupported-media-type'; readonly detail: string }

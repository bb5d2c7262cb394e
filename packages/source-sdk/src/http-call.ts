/** One request to upstream; redirects are not followed. Rejects with a retryable `SourceError` where there is no answer. */
export type HttpCall = (request: HttpCallRequest) => Promise<HttpCallAnswer>

export interface HttpCallRequest {
  /** GET where left out. */
  readonly method?: string
  /** http or https; a `user:password@` is sent as Basic. */
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
  /** For all of it: 30 s where left out. */
  readonly timeoutMs?: number
  /** Of the answer's body: 10 MiB where left out. */
  readonly bodyLimitBytes?: number
  readonly signal?: AbortSignal
}

export interface HttpCallAnswer {
  readonly status: number
  /** By lower-case name; several of one name are joined by commas. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

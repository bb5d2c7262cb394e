/** An HTTP message's part that an event becomes: flat headers with lower-case names, as undici takes them. */
export interface HttpMessage {
  readonly headers: string[]
  readonly body: Uint8Array | undefined
}

export interface WriteOptions {
  /** An attribute that is left out. */
  readonly omit?: string
}

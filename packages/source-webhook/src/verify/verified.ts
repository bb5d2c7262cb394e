/** What a scheme looks at. */
export interface Signed {
  /** Of the request, by lower-case name. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
  /** All that are valid now. */
  readonly secrets: readonly string[]
  /** The header that the manifest names, or the scheme's own. */
  readonly header: string
  readonly toleranceMs: number
  /** Milliseconds since the epoch. */
  readonly nowMs: number
}

/** Why a request is refused, in words for whoever set up the sender; undefined where it is good. */
export type Verify = (signed: Signed) => string | undefined

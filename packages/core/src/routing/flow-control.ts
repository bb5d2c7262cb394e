/** How often attempts may begin: `count` in `perMs`, and at most `burst` at once. */
export interface Rate {
  readonly count: number
  readonly perMs: number
  readonly burst: number
}

/** Several events in one request: at most `size`, or what there is `waitMs` after the first. */
export interface Batching {
  readonly size: number
  readonly waitMs: number
}

/** After so many failed attempts in a row only one in `probeMs` is made, until one succeeds. */
export interface Circuit {
  readonly failures: number
  readonly probeMs: number
}

/** What a route asks for beyond plain delivery; a route that asks for nothing has none. */
export interface FlowControl {
  /** Attributes whose values are the key, or what the source says: of one key one delivery is out at a time, in order. */
  readonly orderedBy?: readonly string[] | 'source'
  /** What has failed for good stays at the head of its key and holds it. */
  readonly park?: boolean
  readonly rate?: Rate
  /** From accepted to the first attempt, at least. */
  readonly delayMs?: number
  /** The attribute that says when the first attempt may be made. */
  readonly dueFrom?: string
  readonly batch?: Batching
  readonly circuit?: Circuit
}

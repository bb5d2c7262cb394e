import type { HttpCall } from '../http-call.ts'
import type { DefinedSource } from '../source.ts'
import type { TestHost, TestManifest } from './test-host.ts'

/** A source with an upstream of its own, for one test. */
export interface Upstream extends AsyncDisposable {
  readonly manifest: TestManifest
  /**
   * Makes so many things happen upstream, and sees to it that the source hears of them as it would in life:
   * by waiting to be read, by moving `host.clock`, or by `host.call`, again for as long as it is answered
   * `unavailable` (but not after `crashed`: what is on the other side sends once more, by `again`).
   * → the ids of the events that must come of it.
   */
  happen(count: number, host: TestHost): Promise<readonly string[]>
  /** After a crash: what upstream does of itself, such as to send again what was not acknowledged. */
  again?(host: TestHost): Promise<void>
  /** Upstream goes away, and comes back. */
  away?(): Promise<void>
  back?(): Promise<void>
  /** How the source talks to it; one that rejects where the source makes no requests. */
  readonly http?: HttpCall
}

export interface SourceHarness {
  readonly source: DefinedSource
  open(): Promise<Upstream>
  /** The same manifest with credentials that upstream does not take; undefined where there are none to get wrong. */
  readonly badCredentials?: (manifest: TestManifest) => TestManifest
  /** It reads with this manifest, though with another it is called. */
  readonly pulls?: boolean
  /** How many events it may have in its hands while the store takes none; 100 where left out. */
  readonly mostOutstanding?: number
  /** Rules that cannot hold, with the reason: `{ 'resumes after upstream was away': 'nothing is asked of upstream' }`. */
  readonly without?: Readonly<Partial<Record<Rule, string>>>
}

export type Rule = 'bad credentials are said, with a reason' | 'resumes after upstream was away'

import type { Endpoint } from './endpoint.ts'

export type Level = 'MUST' | 'MUST NOT' | 'SHOULD' | 'SHOULD NOT' | 'MAY'

/** The pages of Knative Eventing's specification that rules come from. */
export type Page = 'data-plane' | 'control-plane' | 'broker' | 'channel'

/** One rule of the specification, and how it is seen from outside. */
export interface Rule {
  /** The same for ever, such as `broker/retries-503`. */
  readonly id: string
  readonly page: Page
  /** The heading that it stands under. */
  readonly clause: string
  readonly level: Level
  /** What is asked, in our words. */
  readonly rule: string
  /** Which of the two is held against it. */
  readonly of: 'broker' | 'channel'
  /** Resolves where it holds. @throws {Error} that says what was seen instead */
  readonly holds: (endpoint: Endpoint) => Promise<void>
}

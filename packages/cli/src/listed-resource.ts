/** A condition, as the admin API gives it. */
export interface ListedCondition {
  readonly type: string
  readonly status: string
  readonly reason?: string
  readonly message?: string
}

/** A column that a source asks for: a heading, and where its value stands in a resource. */
export interface ListedColumn {
  readonly heading: string
  readonly path: string
}

/** A resource with its status, as the admin API gives it. */
export interface ListedResource {
  readonly kind: string
  readonly metadata: { readonly namespace: string; readonly name: string }
  readonly spec?: Readonly<Record<string, unknown>>
  /** Of a Secret; the values are redacted. */
  readonly data?: Readonly<Record<string, unknown>>
  readonly status?: {
    readonly conditions?: readonly ListedCondition[]
    readonly address?: { readonly url?: string }
    readonly sinkUri?: string
    readonly subscriberUri?: string
    readonly deadLetterSinkUri?: string
    readonly physicalSubscription?: {
      readonly subscriberUri?: string
      readonly replyUri?: string
      readonly deadLetterSinkUri?: string
    }
    readonly waiting?: number
    readonly inFlight?: number
    readonly oldest?: string
    /** Of an addressable: its triggers, and those whose last attempt failed. */
    readonly routes?: number
    readonly failingRoutes?: number
    readonly lastError?: { readonly at?: string; readonly reason?: string; readonly code?: number }
    readonly paused?: boolean
    readonly circuit?: string
  }
}

/** The conjunction of a resource's conditions; True where it has none. */
export function readiness({ status }: ListedResource): ListedCondition {
  return status?.conditions?.find(({ type }) => type === 'Ready') ?? { type: 'Ready', status: 'True' }
}

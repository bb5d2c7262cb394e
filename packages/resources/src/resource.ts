import type { ResourceSink } from './kinds/sink/sink-facet.ts'
import type { CeAttributes, ResourceSource } from './kinds/source/source-facet.ts'

/** Where a resource was read. */
export interface Origin {
  readonly file: string
  /** Of its first key. */
  readonly line: number
  /** The line of a path in it; of the nearest parent where the path itself is not there. */
  readonly lineAt?: (path: string) => number
}

export interface Metadata {
  readonly namespace: string
  readonly name: string
  readonly annotations: Readonly<Record<string, string>>
  readonly labels: Readonly<Record<string, string>>
}

/** A resource of a kind that Millrace has, valid and with its defaults filled in. */
export interface Resource<Spec extends object = Readonly<Record<string, unknown>>> {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: Metadata
  readonly spec: Spec
  readonly status?: ResourceStatus
  readonly origin: Origin
  /** Of a source: what is known of its kind. */
  readonly source?: ResourceSource
  /** Of a sink likewise. */
  readonly sink?: ResourceSink
}

/** As Knative's conditions; `lastTransitionTime` is the server's to add. */
export interface Condition {
  readonly type: string
  readonly status: 'True' | 'False' | 'Unknown'
  readonly reason?: string
  readonly message?: string
  readonly lastTransitionTime?: string
}

/** What compiling a resource found. URLs are without credentials. */
export interface ResourceStatus {
  /** Sorted by type, as Knative's. */
  readonly conditions: readonly Condition[]
  readonly address?: { readonly name: 'http'; readonly url: string }
  readonly subscriberUri?: string
  readonly deadLetterSinkUri?: string
  /** Of a source. */
  readonly sinkUri?: string
  readonly ceAttributes?: readonly CeAttributes[]
  /** Of a Subscription. */
  readonly physicalSubscription?: {
    readonly subscriberUri?: string
    readonly replyUri?: string
    readonly deadLetterSinkUri?: string
  }
  /** Of a Channel: what it stands for in Knative. */
  readonly channel?: ObjectReference
  /** Of a channel: its Subscriptions. */
  readonly subscribers?: readonly ChannelSubscriber[]
  /** Of a Sequence, step by step. */
  readonly channelStatuses?: readonly ChannelStatus[]
  readonly subscriptionStatuses?: readonly SubscriptionStatus[]
  /** Of a Parallel. */
  readonly ingressChannelStatus?: ChannelStatus
  readonly branchStatuses?: readonly BranchStatus[]
}

/** A channel that Knative makes for a flow, and that is a part of it here. */
export interface ChannelStatus {
  readonly channel: ObjectReference
  readonly ready: Condition
}

export interface SubscriptionStatus {
  readonly subscription: ObjectReference
  readonly ready: Condition
}

export interface BranchStatus {
  /** Of a branch with a filter. */
  readonly filterSubscriptionStatus?: SubscriptionStatus
  readonly filterChannelStatus: ChannelStatus
  readonly subscriberSubscriptionStatus: SubscriptionStatus
}

export interface ObjectReference {
  readonly apiVersion: string
  readonly kind: string
  readonly namespace: string
  readonly name: string
}

/** Knative's, with `<namespace>/<name>` for the `uid` that nothing has here. */
export interface ChannelSubscriber {
  readonly uid: string
  readonly ready: Condition['status']
  readonly message?: string
}

/** Identifies a resource among all: `Trigger default/orders`. */
export function resourceKey({ kind, metadata }: Pick<Resource, 'kind' | 'metadata'>): string {
  return `${kind} ${metadata.namespace}/${metadata.name}`
}

/** The line of a path in a resource, or of the nearest parent that is there. */
export function lineOf({ origin }: Pick<Resource, 'origin'>, path: string): number {
  return origin.lineAt?.(path) ?? origin.line
}

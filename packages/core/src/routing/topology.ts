import type { DeliveryPolicy } from '../delivery/policy.ts'
import type { Filter } from '../filter/filter.ts'
import type { FlowControl } from './flow-control.ts'

/** `/<namespace>/<name>`: where an addressable is reached. */
export type AddressablePath = string

/** Where a delivery goes. */
export type Destination =
  | { readonly kind: 'addressable'; readonly path: AddressablePath }
  | { readonly kind: 'url'; readonly url: string; readonly authorization?: string }
  | SinkDestination

/** A sink that is no HTTP, such as a topic of Kafka. */
export interface SinkDestination {
  readonly kind: 'sink'
  /** The path of the resource that declares it, which is an addressable itself. */
  readonly path: AddressablePath
  /** Where events end up, for people: a URI without secrets, such as `kafka://kafka:9092/orders`. */
  readonly address: string
}

/**
 * What a route's deliveries are for. `subscriber` routes are matched when an event is accepted; the
 * two others belong to a subscriber route, are never matched, and carry what its deliveries give
 * rise to: dead letters to its sink, replies to a URL.
 */
export type RouteRole = 'subscriber' | 'deadletter' | 'reply'

/** One edge out of an addressable. */
export interface Route {
  /** Its identity, `<addressable path>|<kind>|<namespace>/<name>|<role>`: the same for ever. */
  readonly id: string
  readonly role: RouteRole
  readonly addressable: AddressablePath
  readonly kind: string
  readonly namespace: string
  readonly name: string
  readonly filter: Filter
  /** None: it does not resolve (yet), and deliveries wait. */
  readonly destination: Destination | undefined
  /** Where the subscriber's replies go; none: they are dropped. */
  readonly reply: ReplyTarget | undefined
  /** Where dead letters go; none: they rest in the store. */
  readonly deadLetter: DeadLetterTarget | undefined
  readonly policy: DeliveryPolicy
  /** Attempts under way at once, for each process. */
  readonly inFlight: number
  /** Order, rate, schedule, batches; none: plain delivery. Subscriber routes only. */
  readonly flow?: FlowControl
  /** Of a source: what it says it could not read is a dead letter without an attempt (set-aside.ts). */
  readonly setsAside?: true
  /** Its annotation says that its deliveries wait. Subscriber routes only. */
  readonly paused?: true
  /**
   * A Subscription that has a reply and no subscriber: its deliveries do not ask for replies
   * (Knative Eventing, control plane, "Subscription Lifecycle"). Subscriber routes only.
   */
  readonly replyAlone?: true
}

/** Replies go to an addressable in the settle itself, or to a URL by a route of their own. */
export type ReplyTarget =
  | { readonly kind: 'addressable'; readonly path: AddressablePath }
  | { readonly kind: 'route'; readonly route: string }

/** Dead letters likewise. */
export type DeadLetterTarget = ReplyTarget

/** How long an archive keeps events, and the most that it may take; the first of the two to bind. */
export interface ArchivePolicy {
  readonly keepMs: number
  readonly maxBytes?: number
}

/** What an event can be sent to. */
export interface Addressable {
  readonly path: AddressablePath
  readonly kind: string
  readonly namespace: string
  readonly name: string
  /** Who sends to it must know one of these (a bearer token); none: anybody may send; empty: nobody can. */
  readonly tokens?: readonly string[]
  /** Of a part of a flow (a step, a branch): the flow's own addressable. Nobody else can send to such a part. */
  readonly owner?: AddressablePath
  /** The same source and id within so long of the first are stored once. */
  readonly dedupeMs?: number
  /** What it accepts is kept, what matches nothing too. */
  readonly archive?: ArchivePolicy
  /** Of a source: only the source itself sends to it. */
  readonly closed?: true
  /**
   * The subscriber routes that are matched when it accepts an event, in the order of the manifests; a
   * flow's first addressable may lead straight to a route that belongs to one of its parts.
   */
  readonly routes: readonly Route[]
}

/** All that the data plane knows: compiled from the resources, replaced whole. */
export interface Topology {
  readonly addressables: ReadonlyMap<AddressablePath, Addressable>
  /** Every route of every role by its identity. */
  readonly routes: ReadonlyMap<string, Route>
}

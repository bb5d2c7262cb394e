import { channel } from 'node:diagnostics_channel'
import type { Addressable, AddressablePath, EventRecord, Route } from '@millrace/core'
import type { SinkFailureCode } from '../sink-sends.ts'

/**
 * An event is about to be stored. Who listens may put another record in the place of this one, with other
 * headers to travel with it.
 */
export interface EventArriving {
  /** What takes it; none: it is a reply or a dead letter on its way to a URL. */
  readonly addressable: Addressable | undefined
  /** Where it comes from: a producer, a source, or the end of a delivery (a reply, a dead letter). */
  readonly origin:
    | { readonly kind: 'request' | 'source' }
    | { readonly kind: 'delivery'; readonly delivery: string }
  record: EventRecord
}

/** An event that arrived was not taken. */
export interface EventRefused {
  readonly record: EventRecord
  readonly detail: string
}

/** An event was stored (or matched nothing), and its producer is answered 202. */
export interface EventAccepted {
  readonly addressable: Addressable
  readonly record: EventRecord
  /** The routes that it was stored for; empty: it matched nothing (`eventUnmatched` says so too). */
  readonly matched: readonly Route[]
}

/** An event matched none of its addressable's routes. */
export interface EventUnmatched {
  readonly addressable: Addressable
  readonly record: EventRecord
}

/** An event was stored before: it is answered as if it were accepted. */
export interface EventDuplicate {
  readonly addressable: Addressable
  readonly record: EventRecord
}

/** A request at ingress was refused. */
export interface EventRejected {
  /** The path as asked for, cut to a sane length; it need not be an addressable's. */
  readonly path: AddressablePath
  readonly addressable: Addressable | undefined
  readonly status: number
  /** The problem's stable code. */
  readonly code: string
  readonly detail: string
}

/** One attempt begins. Who listens may put other headers in the place of these (flat, names in lower case). */
export interface DeliveryAttempting {
  readonly route: Route
  readonly record: EventRecord
  /** Its id in the store. */
  readonly delivery: string
  /** From 1. */
  readonly attempt: number
  /** Without credentials. */
  readonly destination: string
  headers: string[]
}

/** One attempt has ended. */
export interface DeliveryAttempted {
  readonly route: Route
  readonly record: EventRecord
  /** Its id in the store. */
  readonly delivery: string
  /** From 1. */
  readonly attempt: number
  readonly outcome: 'delivered' | 'retry' | 'dead'
  /** The HTTP status; none where there was no response, or where the sink is no HTTP. */
  readonly code?: number
  /** Why there was no response, such as `timeout` or `connect ECONNREFUSED 127.0.0.1:9`. */
  readonly error?: string
  readonly failure?: SinkFailureCode
  /** Where it was sent, without credentials. */
  readonly destination: string
  readonly ms: number
  /** When it is tried again, milliseconds since the epoch. */
  readonly due?: number
}

/** A delivery has come to its end in the store. */
export interface DeliverySettled {
  readonly route: Route
  readonly record: EventRecord
  /** Its id in the store. */
  readonly delivery: string
  readonly outcome: 'delivered' | 'dead'
  readonly attempts: number
  /** From the event's acceptance. */
  readonly ms: number
  /** Why it is a dead letter. */
  readonly reason?: string
  readonly code?: number
}

/** Deliveries of a route have come to an end without a subscriber. */
export interface DeliveriesRemoved {
  readonly route: Route
  /** Its trigger left the manifests, or somebody cancelled them. */
  readonly result: 'orphaned' | 'cancelled'
  readonly count: number
}

/** The store has made an append durable. */
export interface StoreCommitted {
  readonly ms: number
}

/** A resource came, changed or went with a (re)load of the manifests. */
export interface ResourceChanged {
  readonly kind: string
  readonly namespace: string
  readonly name: string
  readonly change: 'added' | 'changed' | 'removed'
  readonly file: string
  readonly line: number
}

/** A source's run began, ended or failed. */
export interface SourceRun {
  readonly kind: string
  readonly namespace: string
  readonly name: string
  readonly state: 'started' | 'stopped' | 'failed'
  readonly error?: string
}

/** What goes over a named `diagnostics_channel`: those are one for the whole process. */
interface Envelope<Message> {
  /** Of which server of the process it tells. */
  readonly server: object
  readonly message: Message
}

/** A named `diagnostics_channel` with the type of its messages, as far as one server publishes on it. */
export interface Topic<Message> {
  readonly name: string
  /** Look at this before a message is made: without subscribers it costs nothing. */
  readonly hasSubscribers: boolean
  publish(message: Message): void
  /** The returned function ends the subscription. */
  subscribe(listener: (message: Message) => void): () => void
}

function topic<Message>(name: string, server: object): Topic<Message> {
  const inner = channel(name)
  return {
    name,
    get hasSubscribers() {
      return inner.hasSubscribers
    },
    publish(message) {
      inner.publish({ server, message } satisfies Envelope<Message>)
    },
    subscribe(listener) {
      const onMessage = (envelope: unknown): void => {
        const { server: from, message } = envelope as Envelope<Message>
        if (from === server) listener(message)
      }
      inner.subscribe(onMessage)
      return () => inner.unsubscribe(onMessage)
    },
  }
}

/** What the stages of one server publish, for logs, metrics, traces and `tail`; stages know none of them. */
export interface Channels {
  readonly eventArriving: Topic<EventArriving>
  readonly eventAccepted: Topic<EventAccepted>
  readonly eventRefused: Topic<EventRefused>
  readonly eventUnmatched: Topic<EventUnmatched>
  readonly eventDuplicate: Topic<EventDuplicate>
  readonly eventRejected: Topic<EventRejected>
  readonly deliveryAttempting: Topic<DeliveryAttempting>
  readonly deliveryAttempted: Topic<DeliveryAttempted>
  readonly deliverySettled: Topic<DeliverySettled>
  readonly deliveriesRemoved: Topic<DeliveriesRemoved>
  readonly storeCommitted: Topic<StoreCommitted>
  readonly resourceChanged: Topic<ResourceChanged>
  readonly sourceRun: Topic<SourceRun>
}

/** The channels of a server. Several servers of one process share their names and never hear one another. */
export function createChannels(): Channels {
  const server = {}
  return {
    eventArriving: topic('millrace:event.arriving', server),
    eventRefused: topic('millrace:event.refused', server),
    eventAccepted: topic('millrace:event.accepted', server),
    eventUnmatched: topic('millrace:event.unmatched', server),
    eventDuplicate: topic('millrace:event.duplicate', server),
    eventRejected: topic('millrace:event.rejected', server),
    deliveryAttempting: topic('millrace:delivery.attempting', server),
    deliveryAttempted: topic('millrace:delivery.attempted', server),
    deliverySettled: topic('millrace:delivery.settled', server),
    deliveriesRemoved: topic('millrace:deliveries.removed', server),
    storeCommitted: topic('millrace:store.committed', server),
    resourceChanged: topic('millrace:resource.changed', server),
    sourceRun: topic('millrace:source.run', server),
  }
}

/**
 * The routes that the rules need. A broker has a Trigger for each, which takes events of the type
 * `conformance.<route>`; a channel has a Subscription for each that is not the broker's alone. Where a route
 * leads is the path `/broker/<route>` or `/channel/<route>` of our sink.
 */
export const routes = {
  plain: {},
  extension: { only: 'broker', attributes: { type: 'conformance.extension', tier: 'gold' } },
  twins: { times: 2 },
  failing: { retry: 2, deadLetters: true },
  asking: { replies: true },
  again: { only: 'broker' },
  answers: { only: 'broker' },
  forwarding: { only: 'channel', withoutSubscriber: true },
} as const satisfies Record<string, RouteShape>

export interface RouteShape {
  readonly only?: 'broker' | 'channel'
  /** What the Trigger's filter asks for, where it is not the type alone. */
  readonly attributes?: Readonly<Record<string, string>>
  /** So many Triggers or Subscriptions lead to the same URL. */
  readonly times?: number
  /** `delivery.retry`, linear, every 0.2 s. */
  readonly retry?: number
  /** Its dead letters go to the route `dead-letters`. */
  readonly deadLetters?: boolean
  /** Of a Subscription: replies go to the route `replies`. */
  readonly replies?: boolean
  /** Of a Subscription: it has a `reply` alone. */
  readonly withoutSubscriber?: boolean
}

/** A path of our sink. */
export type RouteName = keyof typeof routes | 'dead-letters' | 'replies'

/** The type of the events that a Trigger's route takes. */
export function typeOf(route: keyof typeof routes): string {
  return `conformance.${route}`
}

import type { Route } from '@millrace/core'

/** A URL destination taken apart once, with the headers that only this route adds. */
export interface Subscriber {
  readonly url: string
  readonly origin: string
  readonly path: string
  readonly headers: readonly string[]
  /** Where replies are not read. */
  readonly headersWithoutReply: readonly string[]
}

const known = new WeakMap<Route, Subscriber>()

/** What a route's requests have in common: prepared once for each route object. */
export function subscriberOf(route: Route, url: string, authorization: string | undefined): Subscriber {
  let subscriber = known.get(route)
  if (subscriber === undefined) {
    const parsed = new URL(url)
    const headers = ['kn-namespace', route.namespace]
    const headersWithoutReply = [...headers]
    if (authorization !== undefined) headersWithoutReply.push('authorization', authorization)
    // dead-letter sinks get no `Prefer`: their answers are never replies
    if (route.role === 'subscriber' && route.replyAlone === undefined) headers.push('prefer', 'reply')
    if (authorization !== undefined) headers.push('authorization', authorization)
    subscriber = {
      url,
      origin: parsed.origin,
      path: parsed.pathname + parsed.search,
      headers,
      headersWithoutReply,
    }
    known.set(route, subscriber)
  }
  return subscriber
}

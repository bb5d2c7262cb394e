import type { AttributeValue, CloudEvent } from '../event/cloud-event.ts'
import { problem, type Problem } from '../event/problems.ts'
import { withAttributes } from '../event/with-attributes.ts'

/** How many more brokers and channels an event may pass; guards against loops. */
export const ttlAttribute = 'knativebrokerttl'

const fresh = 255
const integer = /^-?\d{1,10}$/

export type Spent =
  | { readonly kind: 'ok'; readonly event: CloudEvent }
  | { readonly kind: 'spent'; readonly problem: Problem }

const spent: Spent = {
  kind: 'spent',
  problem: problem(
    'ttl-spent',
    `${ttlAttribute} is spent: the event has passed too many brokers and channels, which looks like a loop`,
    ttlAttribute,
  ),
}

/**
 * At ingress: an event without a hop count gets 255, of one with a count a hop is spent (Knative's broker). The
 * event has just been read and is nobody else's yet: the count is set in its own attributes, a copy of which
 * would be a tenth of what reading it costs.
 */
export function admitTtl(event: CloudEvent): Spent {
  const count = hopsLeft(event)
  const hops = count === undefined ? fresh : count - 1
  if (hops <= 0) return spent
  const attributes: Record<string, AttributeValue> = event.attributes
  attributes[ttlAttribute] = hops
  return { kind: 'ok', event }
}

/** From one addressable into another: a hop is spent; what never had a count starts at 255. */
export function spendTtl(event: CloudEvent): Spent {
  return withHops(event, (hopsLeft(event) ?? fresh) - 1)
}

function withHops(event: CloudEvent, hops: number): Spent {
  if (hops <= 0) return spent
  return { kind: 'ok', event: withAttributes(event, { [ttlAttribute]: hops }) }
}

/** None where it is missing or no integer. */
function hopsLeft({ attributes }: CloudEvent): number | undefined {
  const value = attributes[ttlAttribute]
  if (typeof value === 'number') return value
  return typeof value === 'string' && integer.test(value) ? Number(value) : undefined
}

import { mapAt, textAt } from '../shape.ts'
import { knownSinks } from './known-sinks.ts'

/** The kind of the sink that a Trigger or a Subscription sends to; undefined: what it sends to is none. */
export function sinkOf(manifest: unknown): string | undefined {
  const { subscriber, reply } = mapAt(manifest, 'spec')
  // without a subscriber a Subscription forwards to its reply
  const kind = textAt(mapAt(subscriber ?? reply, 'ref'), 'kind')
  return knownSinks.some((known) => known.kind === kind) ? kind : undefined
}

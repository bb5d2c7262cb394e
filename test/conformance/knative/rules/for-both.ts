import type { Endpoint } from '../endpoint.ts'
import { typeOf, type routes } from '../routes.ts'
import type { Rule } from '../rule.ts'

/** A rule that holds for brokers and for channels. */
export interface ForBoth extends Omit<Rule, 'id' | 'of' | 'holds'> {
  /** Without `broker/` and `channel/`. */
  readonly id: string
  /** The route that its events take; default `plain`. */
  readonly route?: keyof typeof routes
  readonly holds: (endpoint: Endpoint, type: string) => Promise<void>
}

export function both(rules: readonly ForBoth[]): Rule[] {
  return (['broker', 'channel'] as const).flatMap((of) =>
    rules.map(({ id, route = 'plain', holds, ...rest }) => ({
      ...rest,
      id: `${of}/${id}`,
      of,
      holds: (endpoint) => holds(endpoint, typeOf(route)),
    })),
  )
}

/** @throws {Error} with what was seen, where it does not hold */
export function must(holds: boolean, seen: string): void {
  if (!holds) throw new Error(seen)
}

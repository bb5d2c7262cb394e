import type { Explanation } from './filter.ts'

/**
 * The clause that kept an event out: the first one that did not match, down to the last of which this
 * can be said of one clause alone. Undefined where the event matched.
 */
export function failedClause(explanation: Explanation): Explanation | undefined {
  if (explanation.matched) return undefined
  const child = explanation.kind === 'all' ? explanation.children?.find(({ matched }) => !matched) : undefined
  return child === undefined ? explanation : failedClause(child)
}

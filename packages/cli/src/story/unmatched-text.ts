import { visibleLine } from '../visible.ts'
import type { Unmatched } from './step.ts'

/** Clauses that look at one attribute: without a value the event lacks it. */
const ofAttribute = /^(exact|prefix|suffix) | is present$/

/** Why a trigger did not take an event: `exact type = "a" (the event has b)`. */
export function unmatchedText({ clause, value }: Unmatched): string {
  const text = visibleLine(clause)
  // of an expression that failed it is the error, which may say it all: "the event has no amount"
  if (value?.startsWith('the event has ') === true) return `${text} (${visibleLine(value)})`
  if (value !== undefined) return `${text} (the event has ${visibleLine(value)})`
  return ofAttribute.test(clause) ? `${text} (the event has none)` : text
}

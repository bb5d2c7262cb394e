import type { Attributes } from '../event/cloud-event.ts'
import { printable } from '../event/printable.ts'
import { problem, type Problem } from '../event/problems.ts'
import { isTimestamp } from '../event/timestamp.ts'
import { attributeText } from '../filter/attribute-text.ts'
import type { FlowControl } from '../routing/flow-control.ts'

/** A time further ahead is refused. */
export const longestDelayMs = 30 * 24 * 3_600_000

/** When the first attempt may be made; undefined: at once. */
export type DueTime =
  | { readonly kind: 'due'; readonly due: number | undefined }
  | { readonly kind: 'problem'; readonly problem: Problem }

/** The later of the route's delay and the time that the event's attribute says. */
export function dueTime(
  { delayMs = 0, dueFrom }: FlowControl,
  attributes: Attributes,
  nowMs: number,
): DueTime {
  const text = dueFrom === undefined ? undefined : attributeText(attributes, dueFrom)
  let due = nowMs + delayMs
  if (dueFrom !== undefined && text !== undefined) {
    const at = timeOf(text)
    if (at === undefined) return refused(dueFrom, `is ${printable(text)}, must be a time of RFC 3339`)
    if (at > nowMs + longestDelayMs) return refused(dueFrom, `is ${printable(text)}, more than 30 days ahead`)
    due = Math.max(due, at)
  }
  return { kind: 'due', due: due > nowMs ? due : undefined }
}

function refused(attribute: string, what: string): DueTime {
  return { kind: 'problem', problem: problem('attribute-value', `${attribute} ${what}`, attribute) }
}

/** Milliseconds since the epoch, rounded up: nothing is ever early. A leap second is the one after it. */
function timeOf(text: string): number | undefined {
  if (!isTimestamp(text)) return undefined
  const upper = text.toUpperCase()
  const fraction = /\.\d{3}(\d+)/.exec(upper)?.[1]
  const leap = upper.slice(17, 19) === '60'
  const at = Date.parse(leap ? `${upper.slice(0, 17)}59${upper.slice(19)}` : upper)
  return at + (leap ? 1_000 : 0) + (fraction !== undefined && /[1-9]/.test(fraction) ? 1 : 0)
}

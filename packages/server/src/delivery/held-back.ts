import { dueTime, orderingKey, type FlowControl } from '@millrace/core'
import type { Target } from '@millrace/storage'
import type { PreparedEvent } from './prepared-event.ts'

/**
 * What keeps a delivery from being leased as soon as it is stored: the order of its key, or its time. An
 * event that came from inside is not refused for a time that is none: it goes at once.
 */
export function heldBack(
  flow: FlowControl,
  { record }: PreparedEvent,
  nowMs: number,
  order?: string,
): Pick<Target, 'key' | 'due'> | undefined {
  const { attributes } = record.event
  const { orderedBy } = flow
  const key = orderedBy === 'source' ? order : orderedBy && orderingKey(attributes, orderedBy)
  const time = dueTime(flow, attributes, nowMs)
  const due = time.kind === 'due' ? time.due : undefined
  if (key === undefined && due === undefined) return undefined
  return { ...(key !== undefined && { key }), ...(due !== undefined && { due }) }
}

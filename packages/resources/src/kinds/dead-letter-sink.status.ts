import type { Resolution } from '../compile/resolve-destination.ts'
import type { Condition } from '../resource.ts'
import { fails, holds } from './conditions.ts'

const type = 'DeadLetterSinkResolved'

/** The condition of everything that has a dead-letter sink; to have none is fine. */
export function deadLetterSinkResolved(sink: Resolution | undefined): Condition {
  if (sink === undefined) {
    return holds(type, 'DeadLetterSinkNotConfigured', 'No dead letter sink is configured.')
  }
  if (sink.kind === 'resolved') return holds(type)
  return fails(type, "Unable to get the dead letter sink's URI", sink.message)
}

import type { Report } from '../report.ts'
import { mapAt } from '../shape.ts'
import { sinkOf } from './leads-to-sink.ts'

/** What of a `delivery` does nothing where it leads to a sink. */
export function validateSinkDelivery(manifest: unknown, report: Report): void {
  const sink = sinkOf(manifest)
  const { format } = mapAt(mapAt(manifest, 'spec'), 'delivery')
  if (sink === undefined || format === undefined) return
  const message = `has no effect: how events are written to a ${sink} says its own contentMode`
  report({ severity: 'notice', path: 'spec.delivery.format', message })
}

import { validateDelivery } from '../delivery.validation.ts'
import { validateDestination } from '../destination.validation.ts'
import type { Manifest } from '../kind.ts'
import type { Report } from '../report.ts'
import { isMap, mapAt } from '../shape.ts'

/** What the schema of a Sequence cannot say. */
export function validateSequence({ value }: Manifest, report: Report): void {
  const { steps, reply } = mapAt(value, 'spec')
  const all: readonly unknown[] = Array.isArray(steps) ? steps : []
  for (const [index, step] of all.entries()) {
    const path = `spec.steps[${index}]`
    validateDestination(step, path, report)
    if (isMap(step)) validateDelivery(step['delivery'], `${path}.delivery`, report)
  }
  validateDestination(reply, 'spec.reply', report)
}

import { validateDelivery } from '../delivery.validation.ts'
import { validateDestination } from '../destination.validation.ts'
import type { Manifest } from '../kind.ts'
import type { Report } from '../report.ts'
import { isMap, mapAt } from '../shape.ts'

/** What the schema of a Parallel cannot say. */
export function validateParallel({ value }: Manifest, report: Report): void {
  const { branches, reply } = mapAt(value, 'spec')
  const all: readonly unknown[] = Array.isArray(branches) ? branches : []
  for (const [index, branch] of all.entries()) {
    if (!isMap(branch)) continue
    const path = `spec.branches[${index}]`
    for (const field of ['filter', 'subscriber', 'reply'])
      validateDestination(branch[field], `${path}.${field}`, report)
    validateDelivery(branch['delivery'], `${path}.delivery`, report)
  }
  validateDestination(reply, 'spec.reply', report)
}

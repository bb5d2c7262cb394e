import { validateDelivery } from '../delivery.validation.ts'
import type { Manifest } from '../kind.ts'
import type { Report } from '../report.ts'
import { mapAt } from '../shape.ts'

/** What the schema of a channel of any kind cannot say. */
export function validateChannel({ value }: Manifest, report: Report): void {
  validateDelivery(mapAt(value, 'spec')['delivery'], 'spec.delivery', report)
}

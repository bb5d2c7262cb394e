import { validateDestination } from './destination.validation.ts'
import type { Report } from './report.ts'
import { isMap } from './shape.ts'

/** What the schema of a DeliverySpec cannot say. */
export function validateDelivery(delivery: unknown, path: string, report: Report): void {
  if (!isMap(delivery)) return
  if (!('retry' in delivery)) {
    const message =
      'has no retry, which means 0 retries as in Knative; write retry: 0 if that is meant, or a number'
    report({ severity: 'warning', path, message })
  }
  if ('deadLetterSink' in delivery)
    validateDestination(delivery['deadLetterSink'], `${path}.deadLetterSink`, report)
}

import type { Report } from './report.ts'
import { isMap } from './shape.ts'

/** What the schema of a Destination cannot say (knative.dev/pkg, duck/v1 Destination.Validate). */
export function validateDestination(destination: unknown, path: string, report: Report): void {
  if (!isMap(destination)) return
  const { ref, uri } = destination
  if (ref === undefined && uri === undefined) {
    report({ path, message: 'expected at least one, got none: ref, uri' })
  }
}

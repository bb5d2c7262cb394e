import type { Manifest } from '../kind.ts'
import type { Report } from '../report.ts'
import { isMap } from '../shape.ts'

/** What the schema of a Secret cannot say. */
export function validateSecret({ value }: Manifest, report: Report): void {
  if (isMap(value['data']) || isMap(value['stringData'])) return
  report({
    severity: 'warning',
    path: '',
    message: 'has neither data nor stringData, so nothing can be read from it',
  })
}

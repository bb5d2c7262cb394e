import type { Manifest } from '../kind.ts'
import type { Report } from '../report.ts'
import { quote } from '../../quote.ts'
import { mapAt } from '../shape.ts'

/** What the schema of a Service cannot say. */
export function validateService({ value }: Manifest, report: Report): void {
  const { type, externalName } = mapAt(value, 'spec')
  if (type === 'ExternalName') {
    if (externalName === undefined) {
      report({
        path: 'spec.externalName',
        message: 'is missing, must be the host name that the Service stands for',
      })
    } else if (typeof externalName === 'string' && !URL.canParse(`http://${externalName}`)) {
      report({
        path: 'spec.externalName',
        message: `is ${quote(externalName)}, must be a host name or an IPv4 address`,
      })
    }
    return
  }
  if (externalName !== undefined) {
    report({ path: 'spec.externalName', message: 'needs type: ExternalName beside it' })
    return
  }
  const message = 'has no effect: Millrace runs no Services, only those of type ExternalName give a URL'
  report({ severity: 'notice', path: 'spec', message })
}

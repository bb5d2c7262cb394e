import type { Defaulted, Manifest } from '../kind.ts'
import { mapAt } from '../shape.ts'

/** As Kubernetes' defaulting of the one field that Millrace looks at. */
export function serviceDefaults({ value }: Manifest): Defaulted {
  return { spec: { type: 'ClusterIP', ...mapAt(value, 'spec') } }
}

import type { Kind } from '../kind.ts'
import { serviceDefaults } from './service.defaults.ts'
import { serviceSchema } from './service.schema.ts'
import { validateService } from './service.validation.ts'

export const service: Kind = {
  kind: 'Service',
  plural: 'services',
  shortNames: ['svc'],
  apiVersions: ['v1'],
  addressable: false,
  schema: serviceSchema,
  verbatim: () => false,
  validate: validateService,
  withDefaults: serviceDefaults,
}

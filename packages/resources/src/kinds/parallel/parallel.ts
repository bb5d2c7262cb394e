import { flowDefaults } from '../flow.defaults.ts'
import type { Kind } from '../kind.ts'
import { parallelSchema } from './parallel.schema.ts'
import { validateParallel } from './parallel.validation.ts'

export const parallel: Kind = {
  kind: 'Parallel',
  plural: 'parallels',
  shortNames: [],
  apiVersions: ['flows.knative.dev/v1'],
  addressable: true,
  schema: parallelSchema,
  verbatim: () => false,
  validate: validateParallel,
  withDefaults: flowDefaults,
}

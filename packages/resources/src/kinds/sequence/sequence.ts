import { flowDefaults } from '../flow.defaults.ts'
import type { Kind } from '../kind.ts'
import { sequenceSchema } from './sequence.schema.ts'
import { validateSequence } from './sequence.validation.ts'

export const sequence: Kind = {
  kind: 'Sequence',
  plural: 'sequences',
  shortNames: [],
  apiVersions: ['flows.knative.dev/v1'],
  addressable: true,
  schema: sequenceSchema,
  verbatim: () => false,
  validate: validateSequence,
  withDefaults: flowDefaults,
}

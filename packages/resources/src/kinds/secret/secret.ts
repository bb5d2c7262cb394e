import type { Kind } from '../kind.ts'
import { secretDefaults } from './secret.defaults.ts'
import { secretSchema } from './secret.schema.ts'
import { validateSecret } from './secret.validation.ts'

export const secret: Kind = {
  kind: 'Secret',
  plural: 'secrets',
  shortNames: [],
  apiVersions: ['v1'],
  addressable: false,
  schema: secretSchema,
  verbatim: () => false,
  validate: validateSecret,
  withDefaults: secretDefaults,
}

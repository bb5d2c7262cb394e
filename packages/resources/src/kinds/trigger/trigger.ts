import type { Kind } from '../kind.ts'
import { triggerDefaults } from './trigger.defaults.ts'
import { validateTrigger } from './trigger.validation.ts'
import { triggerSchema } from './trigger.schema.ts'

export const trigger: Kind = {
  kind: 'Trigger',
  plural: 'triggers',
  shortNames: [],
  apiVersions: ['eventing.knative.dev/v1'],
  addressable: false,
  schema: triggerSchema,
  validate: validateTrigger,
  withDefaults: triggerDefaults,
}

import type { Kind } from '../kind.ts'
import { triggerDefaults } from './trigger.defaults.ts'
import { validateTrigger } from './trigger.validation.ts'
import { triggerSchema } from './trigger.schema.ts'

/** A CESQL expression at any depth of `filters`. */
const cesql = /^spec\.filters\[\d+\](\.(all|any)\[\d+\]|\.not)*\.cesql$/

export const trigger: Kind = {
  kind: 'Trigger',
  plural: 'triggers',
  shortNames: [],
  apiVersions: ['eventing.knative.dev/v1'],
  addressable: false,
  schema: triggerSchema,
  verbatim: (path) => cesql.test(path),
  validate: validateTrigger,
  withDefaults: triggerDefaults,
}

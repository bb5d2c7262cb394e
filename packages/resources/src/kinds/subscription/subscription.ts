import type { Kind } from '../kind.ts'
import { subscriptionDefaults } from './subscription.defaults.ts'
import { subscriptionSchema } from './subscription.schema.ts'
import { validateSubscription } from './subscription.validation.ts'

export const subscription: Kind = {
  kind: 'Subscription',
  plural: 'subscriptions',
  shortNames: ['sub'],
  apiVersions: ['messaging.knative.dev/v1'],
  addressable: false,
  schema: subscriptionSchema,
  verbatim: () => false,
  validate: validateSubscription,
  withDefaults: subscriptionDefaults,
}

import type { Kind } from '../kind.ts'
import { brokerDefaults } from './broker.defaults.ts'
import { validateBroker } from './broker.validation.ts'
import { brokerSchema } from './broker.schema.ts'

export const broker: Kind = {
  kind: 'Broker',
  plural: 'brokers',
  shortNames: [],
  apiVersions: ['eventing.knative.dev/v1'],
  addressable: true,
  schema: brokerSchema,
  verbatim: () => false,
  validate: validateBroker,
  withDefaults: brokerDefaults,
}

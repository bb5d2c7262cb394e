import type { Kind } from '../kind.ts'
import { plainChannelDefaults } from '../channel/channel.defaults.ts'
import { validateChannel } from '../channel/channel.validation.ts'
import { kafkaChannelSchema } from './kafka-channel.schema.ts'

export const kafkaChannel: Kind = {
  kind: 'KafkaChannel',
  plural: 'kafkachannels',
  shortNames: ['kc'],
  apiVersions: ['messaging.knative.dev/v1beta1'],
  addressable: true,
  schema: kafkaChannelSchema,
  verbatim: () => false,
  validate: validateChannel,
  withDefaults: plainChannelDefaults,
}

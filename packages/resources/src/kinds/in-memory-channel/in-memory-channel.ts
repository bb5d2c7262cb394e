import type { Kind } from '../kind.ts'
import { plainChannelDefaults } from '../channel/channel.defaults.ts'
import { validateChannel } from '../channel/channel.validation.ts'
import { inMemoryChannelSchema } from './in-memory-channel.schema.ts'

export const inMemoryChannel: Kind = {
  kind: 'InMemoryChannel',
  plural: 'inmemorychannels',
  shortNames: ['imc'],
  apiVersions: ['messaging.knative.dev/v1'],
  addressable: true,
  schema: inMemoryChannelSchema,
  verbatim: () => false,
  validate: validateChannel,
  withDefaults: plainChannelDefaults,
}

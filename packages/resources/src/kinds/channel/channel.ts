import type { Kind } from '../kind.ts'
import { channelDefaults } from './channel.defaults.ts'
import { channelSchema } from './channel.schema.ts'
import { validateChannel } from './channel.validation.ts'

export const channel: Kind = {
  kind: 'Channel',
  plural: 'channels',
  shortNames: ['ch'],
  apiVersions: ['messaging.knative.dev/v1'],
  addressable: true,
  schema: channelSchema,
  verbatim: () => false,
  validate: validateChannel,
  withDefaults: channelDefaults,
}

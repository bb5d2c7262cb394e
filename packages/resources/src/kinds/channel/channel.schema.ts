import { Type, type Static } from 'typebox'
import type { Resource } from '../../resource.ts'
import { templateField } from '../channel-template.ts'
import { deliverySchema } from '../delivery.schema.ts'
import { inert, refused } from '../field-class.ts'
import { metadataSchema } from '../metadata.schema.ts'

export const subscribersField = refused('a Subscription says who reads a channel')

const channelSpec = Type.Object(
  {
    channelTemplate: templateField,
    delivery: Type.Optional(deliverySchema),
    subscribers: subscribersField,
  },
  { additionalProperties: false },
)

/** Channel, messaging.knative.dev/v1. */
export const channelSchema = Type.Object(
  {
    apiVersion: Type.String(),
    kind: Type.String(),
    metadata: metadataSchema,
    spec: Type.Optional(channelSpec),
    status: inert('Millrace finds it out itself'),
  },
  { additionalProperties: false },
)

/** Of every kind of channel. */
export type ChannelSpec = Pick<Static<typeof channelSpec>, 'channelTemplate' | 'delivery'>

/** What a Subscription can read. */
export const channelKinds: readonly string[] = ['Channel', 'InMemoryChannel', 'KafkaChannel']

export function isChannel(resource: Resource): resource is Resource<ChannelSpec> {
  return channelKinds.includes(resource.kind)
}

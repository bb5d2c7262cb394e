import { googleCloud, readFeed, removeMade } from '@millrace/source-pubsub'
import { defineSource } from '@millrace/source-sdk'
import { cloudBuildSourceKind, type CloudBuildSourceSpec } from './kind.ts'
import { toEvent } from './to-event.ts'

/** CloudBuildSource (events.cloud.google.com/v1): what Cloud Build publishes of itself. */
export const source = defineSource<CloudBuildSourceSpec>({
  kind: cloudBuildSourceKind,
  run: async (context) =>
    readFeed(context, {
      cloud: await googleCloud(context),
      topic: context.spec.topic,
      toEvent,
      subscription: { ackDeadlineSeconds: 30 },
    }),
  onDelete: (context) => removeMade(context),
})

import type { RunContext } from '@millrace/source-sdk'
import { googleCloud } from './cloud/google-cloud.ts'
import { readFeed } from './feed/read-feed.ts'
import { subscriptionSettings, type CloudPubSubSourceSpec } from './kind.ts'
import { keepPush } from './push/keep-push.ts'
import { pushSettings } from './push/push-settings.ts'
import { toEvent } from './to-event.ts'

const EXISTING = 'millrace.dev/subscription'
/** Reads a topic by its subscription, until the signal aborts. */
export async function run(context: RunContext<CloudPubSubSourceSpec>): Promise<void> {
  const { spec, annotations } = context
  const push = pushSettings(context)
  if (push !== undefined) return keepPush(context, push)
  const existing = annotations[EXISTING]
  await readFeed(context, {
    cloud: await googleCloud(context),
    topic: spec.topic,
    toEvent,
    subscription: { ...(existing !== undefined && { existing }), ...subscriptionSettings(spec) },
  })
}

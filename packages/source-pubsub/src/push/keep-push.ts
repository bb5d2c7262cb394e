import type { RunContext } from '@millrace/source-sdk'
import { usePubSub } from '../cloud/client.ts'
import { googleCloud } from '../cloud/google-cloud.ts'
import { openSubscription, SUBSCRIPTION_READY, TOPIC_READY } from '../feed/read-feed.ts'
import { MadeUpstream } from '../feed/made-upstream.ts'
import { subscriptionSettings, type CloudPubSubSourceSpec } from '../kind.ts'
import { toEvent } from '../to-event.ts'
import type { PushSettings } from './push-settings.ts'

const EXISTING = 'millrace.dev/subscription'

/** Makes the push subscription, where Millrace knows where Google reaches it and as whom, and nobody else keeps one. */
export async function keepPush(
  context: RunContext<CloudPubSubSourceSpec>,
  { audience, account }: PushSettings,
): Promise<void> {
  const { spec, status, annotations, checkpoint, webhookUrl, namespace, name } = context
  status.set({ webhookURL: webhookUrl ?? `/sources/${namespace}/${name}` })
  const isTheirs = annotations[EXISTING] !== undefined
  if (isTheirs || webhookUrl === undefined || audience === undefined || account === undefined) {
    const why = 'the push subscription is somebody else’s to make'
    for (const type of [TOPIC_READY, SUBSCRIPTION_READY]) status.condition(type, 'True', 'Unmanaged', why)
    return
  }
  const cloud = await googleCloud(context)
  await using client = await usePubSub(cloud)
  const feed = {
    cloud,
    topic: spec.topic,
    toEvent,
    subscription: {
      ...subscriptionSettings(spec),
      push: { endpoint: webhookUrl, account, audience },
    },
  }
  const made = new MadeUpstream(checkpoint)
  const subscriptionId = await openSubscription(context, feed, { pubsub: client.pubsub, made })
  status.set({ projectId: cloud.projectId, topicId: spec.topic, subscriptionId })
  status.condition(TOPIC_READY, 'True')
  status.condition(SUBSCRIPTION_READY, 'True')
}

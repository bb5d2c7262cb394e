import { isSourceError, type RunContext } from '@millrace/source-sdk'
import { usePubSub } from '../cloud/client.ts'
import type { CloudSpec } from '../cloud/cloud-fields.ts'
import type { GoogleCloud } from '../cloud/google-cloud.ts'
import { refusal } from '../cloud/refusal.ts'
import { ensureSubscription, type WantedSubscription } from './ensure-subscription.ts'
import { MadeUpstream } from './made-upstream.ts'
import { messageKey, type MessagePlace, type PubSubMessage, type ToEvent } from './pubsub-message.ts'
import { receive } from './receive.ts'
import { removeOthers, type RemoveMade } from './remove-made.ts'

/** How soon a topic that is missing is looked for again. */
const topicAgainMs = 15_000

/** One that was there and is gone is made again soon: what is published meanwhile is kept for nobody. */
const goneAgainMs = 1_000

/** The conditions of every kind that reads a topic. */
export const TOPIC_READY = 'TopicReady'
export const SUBSCRIPTION_READY = 'PullSubscriptionReady'
export const feedConditions = [TOPIC_READY, SUBSCRIPTION_READY] as const

/** What a source reads, and what it makes of it. */
export interface Feed {
  readonly cloud: GoogleCloud
  readonly topic: string
  readonly subscription: Omit<WantedSubscription, 'named' | 'projectId' | 'topic'>
  readonly toEvent: ToEvent
  /** What is to be done where there is no such topic. */
  readonly missingTopic?: string
  /** What has to stand before messages come, and after there is a subscription to keep them: → names of what it made. */
  readonly prepare?: () => Promise<readonly string[]>
  /** How what `prepare` has made is removed. */
  readonly remove?: RemoveMade
  /** The first message is there. */
  readonly begun?: () => void
}

/** Reads a topic until the signal aborts; conditions and status are kept as Knative names them. */
export async function readFeed(context: RunContext<CloudSpec>, feed: Feed): Promise<void> {
  const { status, checkpoint, clock, signal } = context
  const { cloud, topic } = feed
  const { projectId } = cloud
  const made = new MadeUpstream(checkpoint)
  await using client = await usePubSub(cloud)
  const { pubsub } = client
  status.set({ projectId, topicId: topic })
  const subscription = await openSubscription(context, feed, { pubsub, made })
  status.condition(TOPIC_READY, 'True')
  status.set({ subscriptionId: subscription })
  const place = {
    projectId,
    topic: `projects/${projectId}/topics/${topic}`,
    subscription: `projects/${projectId}/subscriptions/${subscription}`,
  }
  const prepared = (await feed.prepare?.()) ?? []
  const kept = [place.topic, place.subscription, ...prepared]
  await removeOthers(context, cloud, {
    kept,
    ...(feed.remove !== undefined && { remove: feed.remove }),
  }).catch((err: unknown) =>
    context.log.warn({ err }, 'what was made for an earlier manifest could not be removed, and stays'),
  )
  let { begun } = feed
  const attempted = {
    cloud,
    doing: `read the subscription "${subscription}"`,
    role: 'roles/pubsub.subscriber',
    condition: SUBSCRIPTION_READY,
    missing: {
      reason: 'SubscriptionNotFound',
      message: `the subscription "${subscription}" is gone from project ${projectId}`,
      afterMs: goneAgainMs,
    },
  }
  try {
    await receive({
      pubsub,
      subscription,
      ackDeadlineSeconds: feed.subscription.ackDeadlineSeconds,
      clock,
      signal,
      async take(message) {
        await takeMessage(context, feed.toEvent, place, message)
        begun?.()
        begun = undefined
      },
      opened: () => status.condition(SUBSCRIPTION_READY, 'True'),
      lost(error) {
        const { reason, message } = refusal(error, attempted)
        status.condition(SUBSCRIPTION_READY, 'False', reason, message)
      },
    })
  } catch (error) {
    if (signal.aborted) return
    throw refusal(error, attempted)
  }
}

/** The subscription's short name; it and its topic are there. */
export async function openSubscription(
  context: RunContext<CloudSpec>,
  feed: Feed,
  { pubsub, made }: { pubsub: Parameters<typeof ensureSubscription>[0]; made: MadeUpstream },
): Promise<string> {
  const { namespace, name } = context
  const { cloud, topic, subscription } = feed
  const { projectId } = cloud
  try {
    const wanted = { ...subscription, named: { namespace, name }, projectId, topic }
    return await ensureSubscription(pubsub, wanted, made)
  } catch (error) {
    throw refusal(error, {
      cloud,
      doing: `make a subscription of the topic "${topic}"`,
      role: 'roles/pubsub.editor',
      condition: TOPIC_READY,
      missing: {
        reason: 'TopicNotFound',
        message:
          feed.missingTopic ??
          `there is no topic "${topic}" in project ${projectId}, and Millrace makes none: gcloud pubsub topics create ${topic} --project=${projectId}`,
        afterMs: topicAgainMs,
      },
    })
  }
}

/** One message into the store. What can never be an event is counted, said, and passed over. */
export async function takeMessage(
  { emit, status }: Pick<RunContext<CloudSpec>, 'emit' | 'status'>,
  toEvent: ToEvent,
  place: MessagePlace,
  message: PubSubMessage,
): Promise<void> {
  const read = toEvent(message, place)
  if ('ignored' in read) return
  if ('malformed' in read) return status.problem('malformed', `message ${message.id}: ${read.malformed}`)
  try {
    await emit({ event: read.event, dedupe: messageKey(message) })
  } catch (error) {
    if (!isSourceError(error) || error.problem !== 'malformed') throw error
    status.problem('malformed', `message ${message.id}: ${error.message}`)
  }
}

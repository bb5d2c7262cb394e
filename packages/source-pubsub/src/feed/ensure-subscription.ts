import type { PubSub } from '@google-cloud/pubsub'
import { SourceError, type Named } from '@millrace/source-sdk'
import { askOnce } from '../cloud/ask-once.ts'
import { codeOf, isDenied, isMissing } from '../cloud/refusal.ts'
import type { MadeUpstream } from './made-upstream.ts'
import { isOwn, ownLabels, ownName } from './own-name.ts'

/** The subscription that a source reads. */
export interface WantedSubscription {
  readonly named: Named
  readonly projectId: string
  /** Of the topic, without its project. */
  readonly topic: string
  /** One that somebody else keeps. */
  readonly existing?: string
  readonly ackDeadlineSeconds: number
  readonly retainAckedMessages?: boolean
  readonly retentionSeconds?: number
  /** Google sends to it, instead of being asked. */
  readonly push?: { readonly endpoint: string; readonly account: string; readonly audience: string }
}

/** What Google knows of a subscription, as far as it matters here. */
interface Known {
  readonly topic?: string | null
  readonly labels?: Readonly<Record<string, string>> | null
  readonly ackDeadlineSeconds?: number | null
  readonly retainAckedMessages?: boolean | null
  readonly messageRetentionDuration?: { readonly seconds?: unknown } | null
  readonly pushConfig?: {
    readonly pushEndpoint?: string | null
    readonly oidcToken?: {
      readonly serviceAccountEmail?: string | null
      readonly audience?: string | null
    } | null
  } | null
}

/** What is made for a source, by its kind. */
export const SUBSCRIPTION = 'subscription'
const alreadyExists = 6

/** Finds the subscription, or makes it, and resolves with its short name. */
export async function ensureSubscription(
  pubsub: PubSub,
  wanted: WantedSubscription,
  made: MadeUpstream,
): Promise<string> {
  const { named, projectId, existing } = wanted
  const name = existing ?? ownName(named)
  const topic = `projects/${projectId}/topics/${wanted.topic}`
  const known = await settingsOf(pubsub, name)
  if (existing !== undefined) {
    if (known !== 'unseen' && typeof known?.topic === 'string' && known.topic !== topic)
      throw conflict(
        `the subscription "${name}" is of ${known.topic}, not of ${topic}: set spec.topic to the topic that it belongs to`,
      )
    if (known === undefined)
      throw conflict(
        `there is no subscription "${name}" in project ${projectId}: make it with gcloud pubsub subscriptions create ${name} --topic=${wanted.topic} --project=${projectId}, or leave millrace.dev/subscription out`,
      )
    return name
  }
  const full = { what: SUBSCRIPTION, name: `projects/${projectId}/subscriptions/${name}` }
  if (known !== undefined && known !== 'unseen') {
    if (!isOwn(known.labels, named))
      throw conflict(
        `the subscription "${name}" was not made for this source: use it by millrace.dev/subscription: ${name}, or delete it`,
      )
    await made.add(full)
    if (known.topic === topic) {
      if (differs(known, wanted))
        await pubsub.subscription(name).setMetadata(
          // one that was pushed is pulled from now on
          { ...settings(wanted), ...(wanted.push === undefined && { pushConfig: {} }) },
          askOnce,
        )
      return name
    }
    // the manifest names another topic, or the topic was deleted and is there again
    await pubsub.topic(wanted.topic).getMetadata(askOnce)
    await pubsub.subscription(name).delete(askOnce)
  }
  await made.add(full)
  try {
    await pubsub.createSubscription(wanted.topic, name, {
      ...settings(wanted),
      enableMessageOrdering: true,
      labels: ownLabels(named),
      gaxOpts: askOnce,
    })
  } catch (error) {
    // it could not be seen, but it is there
    if (codeOf(error) !== alreadyExists) throw error
  }
  return name
}

/** Deletes a source's own subscription; one that is gone is as good. */
export async function removeSubscription(pubsub: PubSub, fullName: string, named: Named): Promise<void> {
  const subscription = pubsub.subscription(fullName)
  try {
    const [{ labels }] = await subscription.getMetadata(askOnce)
    if (isOwn(labels, named)) await subscription.delete(askOnce)
  } catch (error) {
    if (!isMissing(error)) throw error
  }
}

/** Undefined: there is none; `unseen`: the account may read it, but not look at it. */
async function settingsOf(pubsub: PubSub, name: string): Promise<Known | 'unseen' | undefined> {
  try {
    return (await pubsub.subscription(name).getMetadata(askOnce))[0]
  } catch (error) {
    if (isMissing(error)) return undefined
    if (isDenied(error)) return 'unseen'
    throw error
  }
}

function settings(wanted: WantedSubscription) {
  const { ackDeadlineSeconds, retainAckedMessages = false, retentionSeconds, push } = wanted
  return {
    ackDeadlineSeconds,
    retainAckedMessages,
    ...(retentionSeconds !== undefined && { messageRetentionDuration: { seconds: retentionSeconds } }),
    ...(push !== undefined && {
      pushConfig: {
        pushEndpoint: push.endpoint,
        oidcToken: { serviceAccountEmail: push.account, audience: push.audience },
      },
    }),
  }
}

function differs(known: Known, { push, ...wanted }: WantedSubscription): boolean {
  const { retainAckedMessages = false, retentionSeconds } = wanted
  const { pushConfig } = known
  const keptSeconds = Number(known.messageRetentionDuration?.seconds ?? 0)
  return (
    known.ackDeadlineSeconds !== wanted.ackDeadlineSeconds ||
    (known.retainAckedMessages ?? false) !== retainAckedMessages ||
    (retentionSeconds !== undefined && keptSeconds !== retentionSeconds) ||
    (pushConfig?.pushEndpoint ?? '') !== (push?.endpoint ?? '') ||
    (pushConfig?.oidcToken?.serviceAccountEmail ?? '') !== (push?.account ?? '') ||
    (pushConfig?.oidcToken?.audience ?? '') !== (push?.audience ?? '')
  )
}

function conflict(message: string): SourceError {
  return SourceError.retryable(message, { reason: 'SubscriptionConflict', afterMs: 15_000 })
}

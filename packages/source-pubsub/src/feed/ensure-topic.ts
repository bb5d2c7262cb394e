import type { PubSub } from '@google-cloud/pubsub'
import type { Named } from '@millrace/source-sdk'
import { askOnce } from '../cloud/ask-once.ts'
import { codeOf, isDenied, isMissing } from '../cloud/refusal.ts'
import type { MadeUpstream } from './made-upstream.ts'
import { isOwn, ownLabels, ownName } from './own-name.ts'

/** What is made for a source, by its kind. */
export const TOPIC = 'topic'
const alreadyExists = 6

/** A topic of the source's own, for what Google sends into it; resolves with its short name. */
export async function ensureTopic(
  pubsub: PubSub,
  { named, projectId }: { readonly named: Named; readonly projectId: string },
  made: MadeUpstream,
): Promise<string> {
  const name = ownName(named)
  const full = { what: TOPIC, name: `projects/${projectId}/topics/${name}` }
  const labels = await labelsOf(pubsub, name)
  if (labels !== undefined) {
    // a store that is new does not know of it
    if (isOwn(labels, named)) await made.add(full)
    return name
  }
  await made.add(full)
  try {
    await pubsub.createTopic({ name: full.name, labels: ownLabels(named) }, askOnce)
  } catch (error) {
    if (codeOf(error) !== alreadyExists) throw error
  }
  return name
}

/** Deletes a source's own topic; one that is gone is as good, one that somebody else made stays. */
export async function removeTopic(pubsub: PubSub, fullName: string, named: Named): Promise<void> {
  const topic = pubsub.topic(fullName)
  try {
    const [{ labels }] = await topic.getMetadata(askOnce)
    if (isOwn(labels, named)) await topic.delete(askOnce)
  } catch (error) {
    if (!isMissing(error)) throw error
  }
}

/** Undefined: there is no such topic, or it cannot be looked at and may be there. */
async function labelsOf(pubsub: PubSub, name: string): Promise<Readonly<Record<string, string>> | undefined> {
  try {
    const [{ labels }] = await pubsub.topic(name).getMetadata(askOnce)
    return labels ?? {}
  } catch (error) {
    if (isMissing(error) || isDenied(error)) return undefined
    throw error
  }
}

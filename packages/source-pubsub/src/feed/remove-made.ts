import type { DeletionContext } from '@millrace/source-sdk'
import { usePubSub } from '../cloud/client.ts'
import type { CloudSpec } from '../cloud/cloud-fields.ts'
import { googleCloud, type GoogleCloud } from '../cloud/google-cloud.ts'
import { removeSubscription, SUBSCRIPTION } from './ensure-subscription.ts'
import { MadeUpstream, type Made } from './made-upstream.ts'
import { removeTopic, TOPIC } from './ensure-topic.ts'

/** Removes something of another kind; it may be gone already. */
export type RemoveMade = (made: Made) => Promise<void>

type Farewell = Pick<DeletionContext<CloudSpec>, 'namespace' | 'name' | 'checkpoint'>

/** Removes all that was made for a source; one that has made nothing needs no project and no credentials. */
export async function removeMade(
  context: DeletionContext<CloudSpec>,
  remover?: (cloud: GoogleCloud) => RemoveMade | Promise<RemoveMade>,
): Promise<void> {
  if ((await new MadeUpstream(context.checkpoint).all()).length === 0) return
  const cloud = await googleCloud(context)
  const remove = await remover?.(cloud)
  await removeOthers(context, cloud, { ...(remove !== undefined && { remove }) })
}

/** Removes all that was made for a source but these (by full name), the last first. */
export async function removeOthers(
  { namespace, name, checkpoint }: Farewell,
  cloud: GoogleCloud,
  { kept = [], remove }: { readonly kept?: readonly string[]; readonly remove?: RemoveMade },
): Promise<void> {
  const made = new MadeUpstream(checkpoint)
  const gone = (await made.all()).filter((each) => !kept.includes(each.name)).toReversed()
  if (gone.length === 0) return
  await using client = await usePubSub(cloud)
  for (const each of gone) {
    if (each.what === SUBSCRIPTION) await removeSubscription(client.pubsub, each.name, { namespace, name })
    else if (each.what === TOPIC) await removeTopic(client.pubsub, each.name, { namespace, name })
    else await remove?.(each)
    await made.forget(each)
  }
}

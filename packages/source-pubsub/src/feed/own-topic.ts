import type { RunContext } from '@millrace/source-sdk'
import { usePubSub } from '../cloud/client.ts'
import type { CloudSpec } from '../cloud/cloud-fields.ts'
import type { GoogleCloud } from '../cloud/google-cloud.ts'
import { refusal } from '../cloud/refusal.ts'
import { ensureTopic } from './ensure-topic.ts'
import { MadeUpstream } from './made-upstream.ts'
import { ownName } from './own-name.ts'
import { TOPIC_READY } from './read-feed.ts'

/**
 * A topic of a source's own, for what another service of Google's sends into it; → its ID.
 *
 * @param instead what somebody who is allowed to can do instead
 */
export async function openOwnTopic(
  { namespace, name, checkpoint }: Pick<RunContext<CloudSpec>, 'namespace' | 'name' | 'checkpoint'>,
  cloud: GoogleCloud,
  instead?: string,
): Promise<string> {
  await using client = await usePubSub(cloud)
  const named = { namespace, name }
  try {
    return await ensureTopic(
      client.pubsub,
      { named, projectId: cloud.projectId },
      new MadeUpstream(checkpoint),
    )
  } catch (error) {
    throw refusal(error, {
      cloud,
      doing: `make the topic "${ownName(named)}"`,
      role: 'roles/pubsub.editor',
      condition: TOPIC_READY,
      ...(instead !== undefined && { instead }),
    })
  }
}

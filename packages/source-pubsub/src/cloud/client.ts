import type { PubSub } from '@google-cloud/pubsub'
import { authentication } from './authentication.ts'
import type { GoogleCloud } from './google-cloud.ts'

/** How long after it came back Google may be taken for away: left to itself, gRPC looks every two minutes. */
const channel = { 'grpc.max_reconnect_backoff_ms': 5_000 }

/** Google's client, loaded when it is first needed: a manifest can be checked without it. */
export async function openPubSub(cloud: GoogleCloud): Promise<PubSub> {
  const { PubSub } = await import('@google-cloud/pubsub')
  return new PubSub({ projectId: cloud.projectId, auth: await authentication(cloud), ...channel })
}

/** A client that is closed when it is disposed of. */
export async function usePubSub(cloud: GoogleCloud): Promise<{ readonly pubsub: PubSub } & AsyncDisposable> {
  const pubsub = await openPubSub(cloud)
  // what failed before it counts, not that it cannot be closed in order
  return { pubsub, [Symbol.asyncDispose]: () => pubsub.close().catch(() => undefined) }
}

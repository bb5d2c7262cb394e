import type { Storage } from '@google-cloud/storage'
import { authentication, environment, type GoogleCloud } from '@millrace/source-pubsub'

/** Google's client, loaded when it is first needed. */
export async function openStorage(cloud: GoogleCloud): Promise<Storage> {
  const { Storage } = await import('@google-cloud/storage')
  const { storageEndpoint: apiEndpoint } = environment
  return new Storage({
    projectId: cloud.projectId,
    // a source has its own pauses, and says meanwhile what is wrong
    retryOptions: { autoRetry: false },
    authClient: await authentication(cloud),
    ...(apiEndpoint !== undefined && { apiEndpoint }),
  })
}

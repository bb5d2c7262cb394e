import { gcsFake } from '../../packages/testkit/src/gcs-fake.ts'
import { pubSubFake } from '../../packages/testkit/src/pubsub-fake.ts'
import { createBucket } from './storage-api.ts'

/** A Google Cloud on a laptop: fakes of Pub/Sub and Cloud Storage with an empty bucket, until Ctrl-C. */

const pubsub = await pubSubFake()
const storage = await gcsFake(pubsub.host)
await createBucket(storage.url, 'acme-photos')
console.log(
  `export PUBSUB_EMULATOR_HOST=${pubsub.host} GCS_ENDPOINT=${storage.url} GOOGLE_CLOUD_PROJECT=acme-test`,
)
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void Promise.all([storage, pubsub].map((each) => each[Symbol.asyncDispose]())))

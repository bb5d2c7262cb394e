import { eventually, post, startMillrace, tempDir } from '@millrace/testkit'
import { expect, test } from 'vitest'
import { broker } from '../fixture/manifests.ts'
import { cloudPubSubSource } from '../fixture/pubsub.ts'
import { sourceStatus } from '../fixture/sources.ts'

const project = 'acme-shop'
const sink = { ref: { apiVersion: 'eventing.knative.dev/v1', kind: 'Broker', name: 'shop' } }

test('a machine without credentials of Google: the source says so, and the server goes on', async () => {
  await using home = await tempDir()
  await using millrace = await startMillrace({
    env: {
      HOME: home.path,
      GOOGLE_APPLICATION_CREDENTIALS: undefined,
      PUBSUB_EMULATOR_HOST: undefined,
      // no machine of Google's either
      METADATA_SERVER_DETECTION: 'none',
    },
    manifests: broker('shop') + cloudPubSubSource('orders', { topic: 'orders', project, sink }),
  })
  await eventually(async () =>
    expect((await sourceStatus(millrace, 'cloudpubsubsource', 'orders')).conditions).toContainEqual(
      expect.objectContaining({
        status: 'False',
        reason: 'AuthenticationFailed',
        message: expect.stringContaining('run gcloud auth application-default login'),
      }),
    ),
  )
  expect((await post(`${millrace.ingress}/default/shop`, { id: 'order-1' })).status).toBe(202)
})

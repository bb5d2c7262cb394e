import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { eventually, gcsFake, googleMissing, pubSubFake, startMillrace } from '@millrace/testkit'
import { expect, test } from 'vitest'
import { createBucket } from '../../../examples/storage-to-labels/storage-api.ts'
import { examples, startSinks } from '../fixture/example-sinks.ts'
import { condition } from '../fixture/sources.ts'

const example = join(examples, 'storage-to-labels')

test.skipIf(googleMissing !== undefined)(
  `examples/storage-to-labels does what its README shows ${googleMissing ?? ''}`,
  { timeout: 60_000 },
  async () => {
    await using pubsub = await pubSubFake()
    await using storage = await gcsFake(pubsub.host)
    await createBucket(storage.url, 'acme-photos')
    await using services = await startSinks('storage-to-labels')
    const env = {
      PUBSUB_EMULATOR_HOST: pubsub.host,
      GCS_ENDPOINT: storage.url,
      GOOGLE_CLOUD_PROJECT: 'acme-test',
    }
    const manifests = readFileSync(join(example, 'storage-to-labels.yaml'), 'utf8')
    await using millrace = await startMillrace({
      env,
      manifests: manifests.replaceAll('http://127.0.0.1:9001', services.url),
    })
    await eventually(
      async () => expect(await condition(millrace, 'cloudstoragesource', 'uploads', 'Ready')).toBe('True'),
      { timeoutMs: 20_000 },
    )
    for (const name of ['in/black-cat.jpg', 'out/no-event.jpg', 'in/red-fox.jpg'])
      await promisify(execFile)(process.execPath, [join(example, 'put.ts'), name], {
        env: { ...process.env, ...env },
      })
    await eventually(() =>
      expect(services.lines.toSorted()).toEqual([
        'catalogue gs://acme-photos/in/black-cat.jpg: black, cat, image',
        'catalogue gs://acme-photos/in/red-fox.jpg: red, fox, image',
        'label objects/in/black-cat.jpg',
        'label objects/in/red-fox.jpg',
      ]),
    )
  },
)

import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { eventually, gcsFake, googleMissing, pubSubFake, startMillrace } from '@millrace/testkit'
import { expect, test } from 'vitest'
import { createBucket } from '../../../examples/storage-to-labels/storage-api.ts'
import { condition } from '../fixture/sources.ts'

const example = fileURLToPath(new URL('../../../examples/storage-to-labels', import.meta.url))

test.skipIf(googleMissing !== undefined)(
  `examples/storage-to-labels does what its README shows ${googleMissing ?? ''}`,
  { timeout: 60_000 },
  async () => {
    await using pubsub = await pubSubFake()
    await using storage = await gcsFake(pubsub.host)
    await createBucket(storage.url, 'acme-photos')
    await using services = await startServices()
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

interface Services extends AsyncDisposable {
  readonly url: string
  readonly lines: readonly string[]
}

async function startServices(): Promise<Services> {
  const child = spawn(process.execPath, [join(example, 'services.ts')], {
    env: { ...process.env, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const lines: string[] = []
  const reader = createInterface(child.stdout)
  reader.on('line', (line) => lines.push(line))
  await once(reader, 'line')
  const url = /^services at (\S+)$/.exec(lines.shift() ?? '')?.[1] ?? ''
  return {
    url,
    lines,
    async [Symbol.asyncDispose]() {
      const ended = once(child, 'exit')
      child.kill()
      await ended
    },
  }
}

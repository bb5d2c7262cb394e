import { createConnection } from 'node:net'
import { storageConformance } from '@millrace/storage/conformance'
import { GenericContainer, getContainerRuntimeClient, ImageName, Wait } from 'testcontainers'
import type { StartedTestContainer } from 'testcontainers'
import { afterAll, beforeAll, describe } from 'vitest'
import { redisHarness } from './redis-harness.ts'

const image = 'redis:7-bookworm'
const port = 6_379
/** Random histories are tried against the Redis of the PATH; here it is the image that is looked at. */
const histories = 4

/** An engine is there, and has or can fetch the image. */
async function engineMissing(): Promise<string | undefined> {
  try {
    const client = await getContainerRuntimeClient()
    await client.image.pull(ImageName.fromString(image))
    return undefined
  } catch (error) {
    return `there is no Docker engine that has ${image}: ${(error as Error).message.split('\n')[0]}`
  }
}

const missing = await engineMissing()
if (missing !== undefined) process.stdout.write(`NOT TESTED: the store on the image ${image}, ${missing}\n`)

describe.skipIf(missing !== undefined)(`the image ${image}`, () => {
  let container: StartedTestContainer
  beforeAll(async () => {
    container = await new GenericContainer(image)
      .withExposedPorts(port)
      .withWaitStrategy(Wait.forLogMessage('Ready to accept connections'))
      .start()
  }, 120_000)
  afterAll(() => container.stop())

  const server = {
    storeUrl: (name?: string) =>
      `redis://${container.getHost()}:${container.getMappedPort(port)}?name=${name ?? 'millrace'}`,
    async ask(...words: readonly (string | number)[]): Promise<string> {
      const socket = createConnection(container.getMappedPort(port), container.getHost())
      const request = words.map((word) => `$${Buffer.byteLength(String(word))}\r\n${word}\r\n`).join('')
      socket.end(`*${words.length}\r\n${request}`)
      const chunks: Buffer[] = []
      for await (const chunk of socket) chunks.push(chunk as Buffer)
      return Buffer.concat(chunks).toString()
    },
  }
  storageConformance(
    'Redis',
    redisHarness(() => server, histories),
  )
})

import { storageConformance } from '@millrace/storage/conformance'
import { redis8, redisServer, valkey } from '@millrace/testkit'
import type { RedisFlavour, RedisServer } from '@millrace/testkit'
import { afterAll, beforeAll, describe } from 'vitest'
import { redisHarness } from './redis-harness.ts'

/** The whole suite is run on the Redis of the PATH (redis-storage.test.ts); random histories are fewer here. */
const histories = 4

function onFlavour({ name, command, missing }: RedisFlavour): void {
  describe.skipIf(missing !== undefined)(`${name} ${missing ?? ''}`, () => {
    let server: RedisServer
    beforeAll(async () => void (server = await redisServer({ command: command ?? '' })))
    afterAll(() => server[Symbol.asyncDispose]())
    storageConformance(
      name,
      redisHarness(() => server, histories),
    )
  })
}

onFlavour(redis8)
onFlavour(valkey)

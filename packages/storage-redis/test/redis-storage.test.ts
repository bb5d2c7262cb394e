import { storageConformance } from '@millrace/storage/conformance'
import { redisMissing, redisServer } from '@millrace/testkit'
import type { RedisServer } from '@millrace/testkit'
import { afterAll, beforeAll, describe } from 'vitest'
import { redisHarness } from './redis-harness.ts'

describe.skipIf(redisMissing !== undefined)(`a real server${redisMissing ?? ''}`, () => {
  let server: RedisServer
  beforeAll(async () => void (server = await redisServer()))
  afterAll(() => server[Symbol.asyncDispose]())
  storageConformance(
    'Redis',
    redisHarness(() => server),
  )
})

import {
  eventually,
  freePorts,
  receiver,
  redisMissing,
  redisServer,
  runCli,
  startMillrace,
  tempDir,
  certificate,
  type RedisServer,
  type RedisServerOptions,
} from '@millrace/testkit'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { deadLetters, settled } from './fixture/admin.ts'
import { broker, trigger } from './fixture/manifests.ts'
import { acceptAll, brokerUrl, ids, probe } from './fixture/producing.ts'
import { acceptOne } from './fixture/refusals.ts'

/** A Redis that speaks TLS on its port, and nothing else but its socket. */
async function tlsRedis(options: RedisServerOptions = {}): Promise<RedisServer> {
  const [tlsPort = 0] = await freePorts(1)
  return redisServer({ ...options, tlsPort })
}

/** What `serve` says of a store that it cannot open; it must end by itself. */
async function refusal(store: string, env: Readonly<Record<string, string>> = {}): Promise<string> {
  const serve = ['serve', '--listen', '127.0.0.1:0', '--admin', '127.0.0.1:0', '--store', store]
  const { code, stdout, stderr } = await runCli(serve, { env })
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
  return stderr
}

describe.skipIf(redisMissing !== undefined)(`--store rediss:// ${redisMissing ?? ''}`, () => {
  test('accepts, delivers and redrives, and goes on after a restart of the process and of Redis', async () => {
    await using redis = await tlsRedis({ appendfsync: 'always' })
    await using sink = await receiver({ remember: 'ids' })
    await using millrace = await startMillrace({
      manifests: broker() + trigger('t', sink.url),
      args: ['--store', redis.tlsUrl(), '--drain', '1s'],
      env: { NODE_EXTRA_CA_CERTS: redis.caFile },
    })
    sink.replyWith(400)
    await acceptAll(brokerUrl(millrace), [{ id: 'dead' }])
    await eventually(async () => expect(await deadLetters(millrace)).toHaveLength(1))
    sink.replyWith(200)
    // jobs have connections of their own, which BullMQ makes
    const redriven = await runCli(['dlq', 'redrive', '--trigger', 't', '--server', millrace.admin])
    expect(redriven).toMatchObject({ code: 0, stdout: 'redriven 1 of 1\n' })
    await settled(millrace)

    sink.hold()
    const events = ids('e', 20)
    await acceptAll(
      brokerUrl(millrace),
      events.map((id) => ({ id })),
    )
    expect(await millrace.stop()).toBe(0)
    // nobody hears these answers any more
    sink.release()
    const seen = sink.count
    await millrace.start()
    await settled(millrace)
    expect(new Set(sink.ids.slice(seen))).toEqual(new Set(events))

    await redis.kill()
    await eventually(async () => expect(await probe(millrace, '/readyz')).toBe(503))
    await redis.start()
    await eventually(async () => expect(await probe(millrace, '/readyz')).toBe(200))
    await acceptOne(millrace, 'later')
    await settled(millrace)
    expect(sink.ids.at(-1)).toBe('later')
    expect(await deadLetters(millrace)).toEqual([])
  })

  test('a certificate that is not trusted, or not for this host: refused at the start, with what to do', async () => {
    await using redis = await tlsRedis()
    await using other = await tlsRedis({ tlsSubjects: 'DNS:redis.example' })
    await using folder = await tempDir()
    await certificate(folder.path, 'stranger')
    const stranger = { NODE_EXTRA_CA_CERTS: join(folder.path, 'stranger.crt') }
    const named = { NODE_EXTRA_CA_CERTS: other.caFile }
    const [nobody, another, misnamed] = await Promise.all([
      refusal(redis.tlsUrl()),
      refusal(redis.tlsUrl(), stranger),
      refusal(other.tlsUrl(), named),
    ])
    const untrusted =
      /rediss:\/\/127\.0\.0\.1:\d+\S* cannot be used: its certificate is not trusted \(.*\): set NODE_EXTRA_CA_CERTS to the PEM file/
    expect(nobody).toMatch(untrusted)
    expect(another).toMatch(untrusted)
    expect(misnamed).toMatch(/its certificate is not for this host \(.*127\.0\.0\.1.*\): use a name of the/)
    // nothing was asked of either
    for (const each of [redis, other]) expect(await each.ask('DBSIZE')).toBe(':0\r\n')
  })

  test('a port that speaks no TLS, or nothing else, or asks for a certificate: refused at the start, with what to do', async () => {
    const [port = 0] = await freePorts(1)
    await using redis = await tlsRedis({ port })
    await using strict = await tlsRedis({ args: ['--tls-auth-clients', 'yes'] })
    const [plain, secret, asked] = await Promise.all([
      refusal(`rediss://127.0.0.1:${port}`),
      refusal(redis.tlsUrl().replace('rediss:', 'redis:')),
      refusal(strict.tlsUrl(), { NODE_EXTRA_CA_CERTS: strict.caFile }),
    ])
    expect(plain).toMatch(/no TLS connection came about \(.*does this port speak TLS\? redis:\/\/ is for one/)
    expect(secret).toMatch(/ended the connection before it answered \(.*does it want TLS \(rediss:\/\/\)\?/)
    expect(asked).toMatch(/tls-auth-clients no/)
  })
})

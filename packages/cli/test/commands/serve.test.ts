import { createServer, type AddressInfo } from 'node:net'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import {
  eventually,
  exchange,
  latch,
  post,
  receiver,
  runCli,
  spawnCli,
  startMillrace,
  tempDir,
} from '@millrace/testkit'
import { expect, test } from 'vitest'

const free = ['--listen', '127.0.0.1:0', '--admin', '127.0.0.1:0']
const broker = 'apiVersion: eventing.knative.dev/v1\nkind: Broker\nmetadata: {name: default}\n'

function trigger(url: string): string {
  return `---
apiVersion: eventing.knative.dev/v1
kind: Trigger
metadata: {name: all}
spec: {broker: default, subscriber: {uri: "${url}"}}
`
}

test('standard output is one line: ready, with both addresses', async () => {
  const child = spawnCli(['serve', ...free, '--store', 'memory:'])
  let stdout = ''
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  await eventually(() => stdout.endsWith('\n'))
  child.kill('SIGTERM')
  expect(await once(child, 'close')).toEqual([0, null])
  expect(stdout).toMatch(/^ready ingress=http:\/\/127\.0\.0\.1:\d+ admin=http:\/\/127\.0\.0\.1:\d+\n$/)
})

test.each(['SIGTERM', 'SIGINT'] as const)(
  '%s lets attempts under way end, then exits with 0',
  async (signal) => {
    await using sink = await receiver()
    sink.hold()
    await using millrace = await startMillrace({ manifests: broker + trigger(sink.url) })
    expect((await post(`${millrace.ingress}/default/default`)).status).toBe(202)
    await sink.received(1)
    const ended = latch()
    const code = millrace.stop(signal).finally(() => ended.countDown())
    await eventually(() => expect(exchange('GET', millrace.ingress)).rejects.toThrow('ECONNREFUSED'))
    expect(ended.remaining).toBe(1)
    sink.release()
    expect(await code).toBe(0)
    await millrace.start()
    expect(sink.count).toBe(1)
  },
)

test('a second signal ends it at once', async () => {
  await using sink = await receiver()
  sink.hold()
  await using millrace = await startMillrace({
    manifests: broker + trigger(sink.url),
    args: ['--drain', '1h'],
  })
  await post(`${millrace.ingress}/default/default`)
  await sink.received(1)
  millrace.signal('SIGTERM')
  await eventually(() => expect(exchange('GET', millrace.ingress)).rejects.toThrow('ECONNREFUSED'))
  // the same signal within a tenth of a second is one wish
  const { pid } = millrace
  await eventually(() => !isAlive(pid) || !process.kill(pid, 'SIGTERM'))
  expect(await millrace.stop()).toBe(143)
})

test('SIGHUP reads the manifests', async () => {
  await using sink = await receiver()
  await using millrace = await startMillrace({ manifests: broker })
  await millrace.write('trigger.yaml', trigger(sink.url))
  millrace.signal('SIGHUP')
  await eventually(async () => {
    await post(`${millrace.ingress}/default/default`)
    expect(sink.count).toBeGreaterThan(0)
  })
})

test('a taken port is exit 1 and says which', async () => {
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  const { port } = taken.address() as AddressInfo
  const { code, stderr, stdout } = await runCli([
    'serve',
    '--listen',
    `127.0.0.1:${port}`,
    '--admin',
    ':0',
    '--store',
    'memory:',
  ])
  taken.close()
  expect(stderr).toContain(`127.0.0.1:${port} is taken by another process`)
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
})

test('an unknown store is exit 2 and names those that there are', async () => {
  const { code, stderr } = await runCli(['serve', ...free, '--store', 'oracle:x'])
  expect(stderr).toMatch(/unknown store "oracle:x"; use sqlite:/)
  expect(code).toBe(2)
})

test('a share of the store that is larger than its limit is exit 2 and names both', async () => {
  const { code, stderr } = await runCli(['serve', ...free, '--store-limit', '1Mi', '--store-share', '2Mi'])
  expect(stderr).toContain('--store-share is 2097152 bytes, more than the 1048576 of --store-limit')
  expect(code).toBe(2)
})

test.each([
  [['--redis-wait', '1'], {}, '--redis-wait goes with a store on Redis, and --store is memory:'],
  [['--redis-sync'], {}, '--redis-sync goes with'],
  [[], { MILLRACE_REDIS_WAIT: '2', MILLRACE_REDIS_SYNC: 'true' }, '--redis-wait and --redis-sync go with'],
])('a durability of Redis on another store is exit 2 (%j %j)', async (words, env, said) => {
  const { code, stderr } = await runCli(['serve', ...free, '--store', 'memory:', ...words], { env })
  expect(stderr).toContain(said)
  expect(code).toBe(2)
})

test('replicas that are no number are exit 2', async () => {
  const { code, stderr } = await runCli([
    'serve',
    ...free,
    '--store',
    'redis://127.0.0.1:1',
    '--redis-wait',
    'all',
  ])
  expect(stderr).toContain('--redis-wait is "all"; it is a whole number from 1')
  expect(code).toBe(2)
})

test('an admin address that others reach needs a token: exit 2', async () => {
  const { code, stderr } = await runCli([
    'serve',
    '--listen',
    ':0',
    '--admin',
    '0.0.0.0:0',
    '--store',
    'memory:',
  ])
  expect(stderr).toContain('MILLRACE_ADMIN_TOKEN')
  expect(code).toBe(2)
})

test('a missing path is exit 3 and names it', async () => {
  const { code, stderr } = await runCli(['serve', ...free, '--store', 'memory:', '-f', 'no/such/folder'])
  expect(stderr).toContain('no/such/folder')
  expect(code).toBe(3)
})

test('a bad manifest is exit 3 with file, line and path, and nothing is stored', async () => {
  await using dir = await tempDir()
  const { code, stderr } = await runCli(
    ['serve', ...free, '--store', `sqlite:${join(dir.path, 'store')}`, '-f', '-'],
    {
      input: `${broker}spec: {deliverey: {retry: 3}}\n`,
    },
  )
  expect(stderr).toMatch(/^-:4: default: spec\.deliverey: .*delivery/m)
  expect(existsSync(join(dir.path, 'store'))).toBe(false)
  expect(code).toBe(3)
})

test('a store that another process holds is refused with its directory', async () => {
  await using millrace = await startMillrace()
  const { code, stderr } = await runCli(['serve', ...free, '--store', `sqlite:${millrace.storePath}`])
  expect(stderr).toContain(millrace.storePath)
  expect(code).toBe(1)
})

test('every flag is an environment variable too', async () => {
  await using dir = await tempDir()
  const { code, stderr } = await runCli(['serve'], {
    env: {
      MILLRACE_LISTEN: ':0',
      MILLRACE_ADMIN: ':0',
      MILLRACE_STORE: 'memory:',
      MILLRACE_FILES: `${dir.path}:${dir.path}/absent`,
    },
  })
  expect(stderr).toContain(`${dir.path}/absent`)
  expect(code).toBe(3)
})

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

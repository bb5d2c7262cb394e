import { join } from 'node:path'
import { eventually, post } from '@millrace/testkit'
import { beforeAll, expect, test } from 'vitest'
import { buildImage, runImage, startContainer, type Container } from './image.ts'
import { root } from './run.ts'

/** As strict as it can be run, with the manifests of examples/quickstart, whose sinks are not there. */
const strict = [
  '--read-only',
  '--cap-drop=ALL',
  '--security-opt=no-new-privileges',
  `--volume=${join(root, 'examples/quickstart')}:/manifests:ro`,
]

beforeAll(async () => {
  const bytes = await buildImage()
  process.stdout.write(`image: ${(bytes / 1e6).toFixed(0)} MB\n`)
}, 600_000)

/** Waits until the engine calls the container healthy. */
async function healthy(container: Container): Promise<void> {
  await eventually(async () => expect((await container.inspect()).State.Health?.Status).toBe('healthy'), {
    timeoutMs: 60_000,
  })
}

/** How many events wait for a trigger. */
async function waiting(container: Container, trigger: string): Promise<number> {
  const line = await container.exec('millrace', 'get', 'trigger', trigger, '-o', 'json')
  return (JSON.parse(line) as { status: { waiting: number; inFlight: number } }).status.waiting
}

test('is as the contract says', async () => {
  await using container = await startContainer(...strict)
  const { Config, Mounts } = await container.inspect()
  expect([Config.Entrypoint].flat()).toEqual(['millrace'])
  expect(Config.Cmd).toEqual(['serve', '-f', '/manifests', '--store', 'sqlite:/data'])
  expect(Config.User).toMatch(/^\d+:\d+$/)
  expect(Mounts.filter(({ RW }) => RW).map(({ Destination }) => Destination)).toEqual(['/data'])
  expect(Config.Env).toEqual(
    expect.arrayContaining(['MILLRACE_LISTEN=0.0.0.0:8080', 'MILLRACE_ADMIN=127.0.0.1:8081']),
  )
})

test('read-only and without any right: ready, takes an event, ends with 0 on SIGTERM, and has it afterwards', async () => {
  const begun = performance.now()
  await using container = await startContainer(...strict)
  await eventually(async () => expect(await container.logs()).toMatch(/^ready ingress=/m), {
    timeoutMs: 30_000,
  })
  const seconds = ((performance.now() - begun) / 1_000).toFixed(1)
  const memory = /VmRSS:\s+(\d+) kB/.exec(await container.exec('cat', '/proc/1/status'))?.[1]
  process.stdout.write(
    `image: ready in ${seconds} s, the start of the container with it; at rest ${(Number(memory) / 1024).toFixed(0)} MiB\n`,
  )
  await healthy(container)
  // signals reach the server itself
  expect(await container.exec('cat', '/proc/1/cmdline')).toContain('/millrace/packages/cli/dist/main.js')
  expect(await container.exec('find', '/data', '-type', 'f')).toContain('/data/millrace.db')

  const answer = await post(`${await container.url()}/default/default`, { id: 'one' })
  expect(answer.status).toBe(202)
  await eventually(async () => expect(await waiting(container, 'print')).toBe(1))
  expect(await container.end('SIGTERM')).toBe(0)
  await container.start()
  await eventually(async () => expect(await waiting(container, 'print')).toBe(1), { timeoutMs: 30_000 })
}, 120_000)

test('a server that is not ready is not healthy, and says why', async () => {
  await using container = await startContainer(...strict)
  await healthy(container)
  const failing = ['env', 'MILLRACE_ADMIN=127.0.0.1:8082', 'node', '/millrace/healthcheck.js']
  await expect(container.exec(...failing)).rejects.toThrow('ECONNREFUSED')
}, 120_000)

test('the other commands run in it', async () => {
  expect(await runImage([], ['version'])).toMatch(/^millrace \d+\.\d+\.\d+\n/)
  expect(await runImage(strict, ['graph', '/manifests', '--format', 'text'])).toContain('default/default')
})

test('has neither what builds it nor tests', async () => {
  const listed = await runImage(['--entrypoint', 'find'], ['/millrace', '/usr/local/bin', '-type', 'd,f,l'])
  const paths = listed.trim().split('\n')
  expect(paths).toContain('/usr/local/bin/millrace')
  expect(paths).toContain('/millrace/packages/storage-redis/lua')
  const unwanted = /\/(npm|npx|typescript|vitest|oxlint|testkit)$|\/packages\/[\w-]+\/(src|test)$|\.d\.ts$/
  expect(paths.filter((path) => unwanted.test(path))).toEqual([])
})

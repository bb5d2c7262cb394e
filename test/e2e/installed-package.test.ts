import { execFile } from 'node:child_process'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import {
  eventually,
  exchange,
  post,
  receiver,
  runCli,
  startMillrace,
  tempDir,
  type TempDir,
} from '@millrace/testkit'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { install, installFolder, npmInstall, ownEnv, pinned } from './fixture/installed.ts'
import { npx } from './fixture/npx.ts'
import { startCommand } from './fixture/running-command.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const run = promisify(execFile)

let home: TempDir
let packages: readonly string[]

beforeAll(async () => {
  home = await tempDir()
  packages = await install(home.path)
}, 240_000)

afterAll(() => home[Symbol.asyncDispose]())

function launcher(): string {
  return join(home.path, 'node_modules/millrace/bin/millrace.js')
}

test(
  'what is published works without the sources: packed, unpacked, started, an event delivered',
  { timeout: 120_000 },
  async () => {
    await using sink = await receiver()
    await using millrace = await startMillrace({
      launcher: launcher(),
      manifests: `
apiVersion: eventing.knative.dev/v1
kind: Broker
metadata: {name: default}
---
apiVersion: eventing.knative.dev/v1
kind: Trigger
metadata: {name: all}
spec: {broker: default, subscriber: {uri: "${sink.url}"}}
`,
    })
    expect((await post(`${millrace.ingress}/default/default`, { id: 'one' })).status).toBe(202)
    await sink.received(1)
    expect(sink.ids).toEqual(['one'])
    expect((await exchange('GET', `${millrace.admin}/readyz`)).status).toBe(200)
    expect(await millrace.stop()).toBe(0)

    await using dev = startCommand(['dev', '--listen', ':0', '--admin', ':0'], { launcher: launcher() })
    await eventually(() => expect(dev.stdout).toMatch(/^order-1 +reply +delivered in /m))
    expect(await dev.end('SIGTERM')).toBe(0)
  },
)

test('each public package is packed as publint asks, with a README, and with types where it is imported', async () => {
  for (const name of packages) {
    const folder = join(home.path, 'node_modules', name)
    const { messages, pkg } = await publint({ pkgDir: folder, pack: false, strict: true })
    expect(messages.map((message) => `${name}: ${formatMessage(message, pkg)}`)).toEqual([])
    const files = await readdir(folder, { recursive: true })
    expect(files).toContain('README.md')
    expect(files.filter((file) => /tsbuildinfo|\.d\.ts\.map$|^src\b|^test\b/.test(file))).toEqual([])
    if (name !== 'millrace') expect(files).toContain('dist/index.d.ts')
  }
  expect(new Set(await Promise.all(packages.map(versionOf))).size).toBe(1)
})

test(
  'npx millrace dev, on the machine’s own npm: what it wants where Node is too old, the curl of its greeting, its event',
  { timeout: 120_000 },
  async () => {
    const dev = ['millrace', 'dev', '--listen', ':0', '--admin', ':0']
    const { stdout: version } = await run('node', ['--version'], { env: ownEnv })
    if (Number(/^v(\d+)/.exec(version)?.[1]) < 24) {
      await using refused = npx(home.path, dev)
      expect(await refused.ended()).toBe(1)
      expect(refused.stderr).toContain('npm install node@24')
      await npmInstall(home.path, [await pinned('node')])
    }
    await using running = npx(home.path, dev)
    const curl = await eventually(
      () => {
        const [found] = /^ {2}curl [^]*?[^\\]$/m.exec(running.stdout) ?? []
        if (found === undefined) throw new Error(`no curl yet: ${running.stdout}${running.stderr}`)
        return found
      },
      { timeoutMs: 60_000 },
    )
    const { stdout } = await run('sh', ['-c', curl])
    expect(stdout).toMatch(/^HTTP\/1\.1 202 /)
    await eventually(() => expect(running.stdout).toMatch(/^mine-1 +print +delivered in /m))
    await running.interrupt()
    expect(running.stderr).toBe('')
  },
)

/** The version that is installed. */
async function versionOf(name: string): Promise<string> {
  const text = await readFile(join(home.path, 'node_modules', name, 'package.json'), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}

/** The files that a page shows, by name. */
async function filesOf(page: string): Promise<ReadonlyMap<string, string>> {
  const text = await readFile(join(root, page), 'utf8')
  return new Map(
    Array.from(
      text.matchAll(/^`([\w.-]+)`:?[^`]*?\n\n```\w+\n([^]*?)^```$/gm),
      ([, name = '', body = '']) => [name, body],
    ),
  )
}

/** Runs the tests of a folder with vitest; → what it printed. */
async function vitest(folder: string): Promise<string> {
  const { stdout } = await run(process.execPath, [join(home.path, 'node_modules/vitest/vitest.mjs'), 'run'], {
    cwd: folder,
    env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0' },
  })
  return stdout
}

test('docs/guides/embed.md: its broker in a vitest suite', { timeout: 60_000 }, async () => {
  const folder = join(home.path, 'embed')
  await mkdir(folder)
  for (const [name, text] of await filesOf('docs/guides/embed.md')) await writeFile(join(folder, name), text)
  expect(await vitest(folder)).toMatch(/Tests\s+1 passed/)
})

describe('docs/guides/write-a-source.md', () => {
  let files: ReadonlyMap<string, string>

  beforeAll(async () => {
    files = await filesOf('docs/guides/write-a-source.md')
    const folder = join(home.path, 'meter')
    await mkdir(folder)
    for (const name of ['package.json', 'index.js', 'meter.test.js'])
      await writeFile(join(folder, name), textOf(name))
    await installFolder(folder, home.path)
  }, 60_000)

  /** What the page has under a file's name. */
  function textOf(name: string): string {
    const text = files.get(name)
    if (text === undefined) throw new Error(`the page has no ${name}`)
    return text
  }

  test('its source passes the suite, from the page’s own test', { timeout: 60_000 }, async () => {
    expect(await vitest(join(home.path, 'meter'))).toMatch(/Tests\s+11 passed/)
  })

  test(
    'its source runs by its name, and one that is not installed says what to install',
    {
      timeout: 60_000,
    },
    async () => {
      await using meter = await receiver()
      await using sink = await receiver()
      meter.path('/readings').replyWith({ body: '[{"n":8,"kwh":412.5}]' })
      const manifests = textOf('meter.yaml')
        .replace('http://127.0.0.1:9100', new URL(meter.url).origin)
        .replace('http://127.0.0.1:9001', new URL(sink.url).origin)
      const absent = `
apiVersion: sources.acme.example/v1
kind: OtherSource
metadata: {name: attic, annotations: {millrace.dev/source: "@acme/millrace-source-other"}}
spec: {sink: {uri: "${sink.url}"}}
`
      await using millrace = await startMillrace({
        launcher: launcher(),
        cwd: home.path,
        manifests: `${manifests}\n---${absent}`,
      })
      await sink.path('/readings').received(1)
      expect(sink.ids).toEqual(['reading-8'])
      expect(meter.requests[0]?.headers['authorization']).toBe('Bearer right-token')
      await eventually(async () => {
        const { stdout } = await runCli(['get', 'metersources', '--server', millrace.admin])
        expect(stdout.replaceAll(/ +/g, ' ')).toBe(
          'NAMESPACE NAME LAST READING READY WAITING\ndefault cellar 8 True 0\n',
        )
      })
      const { stdout } = await runCli(['get', 'othersource', '--server', millrace.admin])
      expect(stdout).toContain(
        'PackageNotInstalled: @acme/millrace-source-other is not installed: run npm install',
      )
      expect(await millrace.stop()).toBe(0)
      expect(millrace.stderr).not.toContain('right-token')
    },
  )
})

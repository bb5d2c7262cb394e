import { execFile } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
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
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { install, installFolder } from './fixture/installed.ts'
import { startCommand } from './fixture/running-command.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const run = promisify(execFile)

let home: TempDir

beforeAll(async () => {
  home = await tempDir()
  await install(home.path)
}, 120_000)

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

describe('docs/guides/write-a-source.md', () => {
  let files: ReadonlyMap<string, string>

  beforeAll(async () => {
    const page = await readFile(join(root, 'docs/guides/write-a-source.md'), 'utf8')
    files = new Map(
      Array.from(
        page.matchAll(/^`([\w.-]+)`:?[^`]*?\n\n```\w+\n([^]*?)^```$/gm),
        ([, name = '', text = '']) => [name, text],
      ),
    )
    const folder = join(home.path, 'meter')
    await mkdir(folder)
    for (const name of ['package.json', 'index.js', 'meter.test.js'])
      await writeFile(join(folder, name), textOf(name))
    await installFolder(folder, home.path)
  })

  /** What the page has under a file's name. */
  function textOf(name: string): string {
    const text = files.get(name)
    if (text === undefined) throw new Error(`the page has no ${name}`)
    return text
  }

  test('its source passes the suite, from the page’s own test', { timeout: 60_000 }, async () => {
    const { stdout } = await run(join(root, 'node_modules/.bin/vitest'), ['run'], {
      cwd: join(home.path, 'meter'),
      env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0' },
    })
    expect(stdout).toMatch(/Tests\s+11 passed/)
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

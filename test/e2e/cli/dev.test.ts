import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { promisify, stripVTControlCharacters } from 'node:util'
import {
  cliInTerminal,
  eventually,
  exchange,
  post,
  receiver,
  runCli,
  tempDir,
  terminalMissing,
} from '@millrace/testkit'
import { describe, expect, test } from 'vitest'
import { startCommand } from '../fixture/running-command.ts'

/** For a whole server to start on a busy machine. */
const patient = { timeoutMs: 25_000 }
const freePorts = ['--listen', '127.0.0.1:0', '--admin', '127.0.0.1:0']
// oxlint-disable-next-line no-control-regex -- escape sequences are what it looks for
const colour = /\u001b\[/

describe('the sample, in a pipe', () => {
  test(
    'its greeting, an own event by its curl, and every word of the story; SIGTERM leaves nothing',
    { timeout: 90_000 },
    async () => {
      await using folder = await tempDir()
      await using temporary = await tempDir()
      const env = { TMPDIR: temporary.path, npm_command: undefined }
      await using dev = startCommand(['dev', ...freePorts], { cwd: folder.path, env })
      const curl = await eventually(() => curlOf(dev.stdout), patient)
      expect(dev.stdout).toMatch(/^ {2}millrace get triggers --server http:\/\/127\.0\.0\.1:\d+$/m)

      const { stdout } = await promisify(execFile)('sh', ['-c', curl])
      expect(stdout).toMatch(/^HTTP\/1\.1 202 /)
      await eventually(() => {
        expect(dev.stdout).toMatch(/^mine-1 +accepted +com\.example\.hello, matched 1 of 4 triggers: print$/m)
        expect(dev.stdout).toMatch(/^ +type +com\.example\.hello\n[^]*^ +data +\{"hello": "world"\}$/m)
        expect(dev.stdout).toMatch(/^mine-1 +print +delivered in /m)
        expect(dev.stdout).toMatch(/^order-2 +accepted +\S+, matched 2 of 4 triggers: reply, flaky$/m)
        expect(dev.stdout).toMatch(
          /^invoice-2 +accepted +com\.example\.invoice\.issued, matched 1 of 4 triggers/m,
        )
        expect(dev.stdout).toMatch(/^order-2 +flaky +attempt 1: 503, again in 0\.4 s$/m)
        expect(dev.stdout).toMatch(/^order-2 +flaky +attempt 2: 503, again in 0\.[89] s$/m)
        expect(dev.stdout).toMatch(/^order-2 +flaky +delivered in .* s, with attempt 3$/m)
        expect(dev.stdout).toMatch(/^order-5 +failing +dead letter: the answer was 500$/m)
      }, patient)
      expect(dev.stdout).not.toMatch(colour)
      expect(dev.stderr).toBe('')
      expect(await dev.end('SIGTERM')).toBe(0)
      expect(readdirSync(folder.path)).toEqual([])
      expect(readdirSync(temporary.path)).toEqual([])
    },
  )

  test('ports that are taken are replaced by free ones, and printed', async () => {
    const taken = [await take(8080), await take(8081)]
    await using dev = startCommand(['dev'])
    const [, ingress, admin] = await eventually(() => {
      const found = /takes events at (\S+), its admin port is (\S+)\. /.exec(dev.stdout)
      if (found === null) throw new Error(dev.stdout + dev.stderr)
      return found
    }, patient)
    expect((await post(`${ingress}/default/default`, { id: 'x' })).status).toBe(202)
    expect((await exchange('GET', `${admin}/readyz`)).status).toBe(200)
    expect(new Set([ingress, admin]).has('http://127.0.0.1:8080')).toBe(false)
    expect(dev.stdout).toContain(`--server ${admin}`)
    expect(await dev.end('SIGINT')).toBe(0)
    for (const server of taken) server?.close()
  })

  test('a port that was asked for and is taken is exit 1', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    const { port } = taken.address() as { port: number }
    const { code, stderr } = await runCli(['dev', '--listen', `127.0.0.1:${port}`, '--admin', ':0'])
    taken.close()
    expect(stderr).toContain(`127.0.0.1:${port} is taken by another process`)
    expect(code).toBe(1)
  })
})

const noTerminal = await terminalMissing()
if (noTerminal !== undefined)
  process.stderr.write(`NOT TESTED: commands in a terminal, because ${noTerminal}\n`)

describe.skipIf(noTerminal !== undefined)('the sample, in a terminal', () => {
  test('ids have one colour, and Ctrl-C ends it with exit 0', async () => {
    await using dev = cliInTerminal(['dev', ...freePorts])
    await eventually(() => expect(dev.screen).toContain('\u001b[36morder-1   \u001b[39m  reply'), patient)
    expect(stripVTControlCharacters(dev.screen)).toMatch(/^order-1 +reply +delivered in /m)
    dev.type('\x03')
    expect(await dev.ended).toBe(0)
  })

  test('NO_COLOR is plain', async () => {
    await using dev = cliInTerminal(['dev', ...freePorts], { env: { NO_COLOR: '1' } })
    await eventually(() => expect(dev.screen).toMatch(/^order-1 +reply +delivered in /m), patient)
    expect(dev.screen).not.toMatch(colour)
    dev.type('\x03')
    expect(await dev.ended).toBe(0)
  })
})

describe('own manifests', () => {
  const broker = 'apiVersion: eventing.knative.dev/v1\nkind: Broker\nmetadata: {name: shop, namespace: web}\n'

  function trigger(name: string, type: string, subscriber: string): string {
    return `---
apiVersion: eventing.knative.dev/v1
kind: Trigger
metadata: {name: ${name}, namespace: web}
spec: {broker: shop, filter: {attributes: {type: ${type}}}, subscriber: ${subscriber}}
`
  }

  test('refs that do not resolve go to --to, with their own path; no sample; changes are told', async () => {
    await using folder = await tempDir()
    await using sink = await receiver()
    const path = join(folder.path, 'flow.yaml')
    const service = (apiVersion: string) => `ref: {apiVersion: ${apiVersion}, kind: Service, name: orders}`
    const manifests = [
      broker,
      trigger('plain', 'a', `{${service('v1')}}`),
      trigger('knative', 'b', `{${service('serving.knative.dev/v1')}, uri: /hook}`),
    ].join('')
    await writeFile(path, manifests)
    await using dev = startCommand(['dev', ...freePorts, '-f', folder.path, '--to', sink.url])
    const curl = await eventually(() => curlOf(dev.stdout), patient)
    expect(dev.stdout).toMatch(/^ {2}\/web\/shop {2}Broker, 2 routes$/m)
    expect(dev.stdout).toContain(`Refs that do not resolve go to ${sink.url}.`)

    await promisify(execFile)('sh', ['-c', curl])
    await eventually(() => expect(dev.stdout).toMatch(/^mine-1 +plain +delivered in /m))
    expect(sink.path('/').ids).toEqual(['mine-1'])
    const ingress = curl.split(' ').find((word) => word.startsWith('http')) ?? ''
    await post(ingress, { id: 'b-1', type: 'b' })
    await sink.path('/hook').received(1)

    await writeFile(path, `${manifests}${trigger('more', 'c', `{uri: "${sink.url}more"}`)}`)
    await eventually(() => expect(dev.stdout).toMatch(/^added Trigger web\/more \(.*flow\.yaml:\d+\)$/m))
    expect(dev.stdout).not.toContain('order-1')
    expect(readdirSync(folder.path)).toEqual(['flow.yaml'])

    sink.hold()
    await post(ingress, { id: 'c-1', type: 'c' })
    await sink.path('/more').received(1)
    expect(await dev.end('SIGTERM')).toBe(0)
  })

  test('that do not stand are exit 3 with file and line; a ref without --to is a warning', async () => {
    const wrong = await runCli(['dev', ...freePorts, '-f', '-'], {
      input: `${broker}spec: {deliverey: {}}\n`,
    })
    expect(wrong).toMatchObject({ code: 3, stdout: '' })
    expect(wrong.stderr).toMatch(/^-:4: shop: spec\.deliverey: /m)

    const dangling = trigger('dangling', 'a', '{ref: {apiVersion: v1, kind: Service, name: orders}}')
    await using dev = startCommand(['dev', ...freePorts, '-f', '-'], { input: broker + dangling })
    await eventually(() => expect(dev.stdout).toContain('/web/shop'), patient)
    expect(dev.stderr).toMatch(
      /^warning -:\d+: dangling: spec\.subscriber\.ref: services "orders" not found/m,
    )
  })
})

/** The command line that the greeting shows; none yet: the greeting is not whole. */
function curlOf(stdout: string): string {
  const curl = /^ {2}(curl (?:.*\\\n)*.*)\n\n[^]*dlq ls/m.exec(stdout)?.[1]
  if (curl === undefined) throw new Error(`no curl in: ${stdout}`)
  return curl
}

/** None where somebody else has it, which serves as well. */
async function take(port: number): Promise<Server | undefined> {
  const server = createServer().listen(port, '127.0.0.1')
  try {
    await once(server, 'listening')
    return server
  } catch {
    return undefined
  }
}

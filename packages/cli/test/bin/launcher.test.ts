import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { eventually, exchange, tempDir } from '@millrace/testkit'
import { expect, test } from 'vitest'

const launcher = fileURLToPath(new URL('../../bin/millrace.js', import.meta.url))
const freePorts = ['--listen', '127.0.0.1:0', '--admin', '127.0.0.1:0', '--store', 'memory:']

/** Makes the Node that runs the launcher pass for an older one, so that it looks for the pinned one. */
const olderNode = `data:text/javascript,
  Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.1.0' } })`

test('the process that was started is the server itself', async () => {
  const child = spawn(process.execPath, [launcher, 'serve', ...freePorts], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  expect(await firstLine(child)).toMatch(/^ready ingress=/)
  const cmdline = await readFile(`/proc/${child.pid}/cmdline`, 'utf8')
  expect(cmdline).toContain('main.ts')
  child.kill('SIGKILL')
  await once(child, 'exit')
})

test('an older Node runs the pinned one, which ends when its launcher is killed', async () => {
  const child = spawn(process.execPath, ['--import', olderNode, launcher, 'serve', ...freePorts], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const admin = / admin=(\S+)/.exec(await firstLine(child))?.[1]
  const server = await pidOf(admin ?? '')
  expect(server).not.toBe(child.pid)
  child.kill('SIGKILL')
  await eventually(() => !existsSync(`/proc/${server}`))
})

test('an older Node passes on SIGTERM and the exit code', async () => {
  const child = spawn(process.execPath, ['--import', olderNode, launcher, 'serve', ...freePorts], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  await firstLine(child)
  child.kill('SIGTERM')
  expect(await once(child, 'exit')).toEqual([0, null])
})

test('an older Node without a pinned one says what to install', async () => {
  await using home = await tempDir()
  const copy = join(home.path, 'bin', 'millrace.js')
  await mkdir(dirname(copy))
  await cp(launcher, copy)
  await writeFile(join(home.path, 'package.json'), '{"type":"module"}')
  const { code, stderr } = await run(['--import', olderNode, copy, 'version'], home.path)
  expect(stderr).toMatch(
    /^millrace: needs Node 24\.12 or newer, and this is 20\.1\.0\. .*npm install node@24$/m,
  )
  expect(code).toBe(1)
})

test('a link to it, such as npm makes, is the same', async () => {
  await using home = await tempDir()
  const link = join(home.path, 'millrace')
  await symlink(launcher, link)
  const { code, stdout } = await run([link, 'version'], home.path)
  expect(stdout).toMatch(/^millrace \d/)
  expect(code).toBe(0)
})

async function firstLine(child: { stdout: NodeJS.ReadableStream }): Promise<string> {
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string]
  return line
}

async function pidOf(admin: string): Promise<number> {
  const { text } = await exchange('GET', `${admin}/api/server`)
  return (JSON.parse(text) as { pid: number }).pid
}

async function run(args: readonly string[], cwd: string) {
  const child = spawn(process.execPath, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
  const output = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text))
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, ...output }
}

import { execFile } from 'node:child_process'
import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { exchange, post, receiver, startMillrace, tempDir } from '@millrace/testkit'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const run = promisify(execFile)

test(
  'what is published works without the sources: packed, unpacked, started, an event delivered',
  { timeout: 120_000 },
  async () => {
    await using home = await tempDir()
    await install(home.path)
    await using sink = await receiver()
    await using millrace = await startMillrace({
      launcher: join(home.path, 'node_modules/millrace/bin/millrace.js'),
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
  },
)

/** As `npm install millrace` would, with the libraries that are installed here. */
async function install(home: string): Promise<void> {
  await run(join(root, 'node_modules/.bin/tsc'), ['-b'], { cwd: root })
  const packed = await run('npm', ['pack', '--workspaces', '--json', '--pack-destination', home], {
    cwd: root,
  })
  const modules = join(home, 'node_modules')
  for (const { name, filename } of Object.values(JSON.parse(packed.stdout) as Record<string, Tarball>)) {
    await mkdir(join(modules, name), { recursive: true })
    await run('tar', ['-xzf', join(home, filename), '-C', join(modules, name), '--strip-components=1'])
  }
  for (const library of await readdir(join(root, 'node_modules'))) {
    if (['@millrace', 'millrace', '.bin', 'node'].includes(library)) continue
    await symlink(join(root, 'node_modules', library), join(modules, library))
  }
  await writeFile(join(home, 'package.json'), '{"private":true}')
}

interface Tarball {
  readonly name: string
  readonly filename: string
}

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'
import { eventually } from '@millrace/testkit'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))

test('the demo prints what happens to an event at each sink, and Ctrl-C leaves nothing behind', async () => {
  const folders = demoFolders()
  const demo = spawn(process.execPath, ['scripts/demo.ts'], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [demo.stdout, demo.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text))
  try {
    await eventually(
      () => {
        expect(output).toMatch(/curl -i http:\/\/127\.0\.0\.1:\d+\/default\/default/)
        expect(output).toMatch(/^print +com\.example\.order\.placed order-1 /m)
        expect(output).toMatch(/^print +com\.example\.invoice\.issued invoice-order-1 /m)
        expect(output).toMatch(/^flaky +order-1: attempt 2, 503$[^]*^flaky +order-1: attempt 3, 200$/m)
        expect(output).toMatch(/^failing +order-5: 500$/m)
      },
      { timeoutMs: 25_000 },
    )
  } finally {
    demo.kill('SIGINT')
  }
  expect(await once(demo, 'exit')).toEqual([0, null])
  expect(demoFolders()).toEqual(folders)
})

function demoFolders(): string[] {
  return readdirSync(tmpdir()).filter((name) => name.startsWith('millrace-demo-'))
}

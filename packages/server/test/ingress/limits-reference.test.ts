import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { defaultLimits } from '../../src/ingress/limits.ts'

test('docs/reference/limits.md says what holds at ingress', async () => {
  const text = await readFile(new URL('../../../../docs/reference/limits.md', import.meta.url), 'utf8')
  const rows = text.split('\n').filter((line) => line.startsWith('| '))
  const documented = new Map(
    rows.map((row) => row.split('|').map((cell) => cell.trim())).map(([, what, much]) => [what, much]),
  )
  const mebibyte = 1024 * 1024
  expect({
    bodyBytes: documented.get('the body of a request'),
    budgetBytes: documented.get('bodies that are being read or stored, in all'),
    headerBytes: documented.get('headers of a request'),
    headersTimeoutMs: documented.get('from the connection to the end of the headers'),
    requestTimeoutMs: documented.get('from the first byte to the end of the body'),
    keepAliveMs: documented.get('a connection without a request'),
    connections: documented.get('open connections'),
  }).toEqual({
    bodyBytes: `${defaultLimits.bodyBytes / mebibyte} MiB`,
    budgetBytes: `${defaultLimits.budgetBytes / mebibyte} MiB`,
    headerBytes: `${defaultLimits.headerBytes / 1024} KiB`,
    headersTimeoutMs: `${defaultLimits.headersTimeoutMs / 1_000} s`,
    requestTimeoutMs: `${defaultLimits.requestTimeoutMs / 1_000} s`,
    keepAliveMs: `${defaultLimits.keepAliveMs / 1_000} s`,
    connections: expect.stringContaining(`at most ${defaultLimits.connections.toLocaleString('en')}`),
  })
})

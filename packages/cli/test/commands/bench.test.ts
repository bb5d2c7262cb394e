import { expect, test } from 'vitest'
import { runHere } from '../recording-terminal.ts'
import { runningServer } from './running-server.ts'

test('without a server it starts its own, and every event that was accepted arrives', async () => {
  const { code, stdout } = await runHere(['bench', '--seconds', '1', '-o', 'json'])
  const report = JSON.parse(stdout) as { accepted: number; delivered: number; lost: number }
  expect(report.accepted).toBeGreaterThan(0)
  expect(report).toMatchObject({ delivered: report.accepted, lost: 0, refused: 0 })
  expect(code).toBe(0)
})

test('against a running server it says what that takes', async () => {
  await using server = await runningServer()
  const { code, stdout } = await server.cli('bench', '--to', '/default/default', '--seconds', '1')
  expect(stdout).toMatch(/^\d+ events of 1 KB in 1 s over 32 connections to http/)
  expect(stdout).toMatch(/^accepted {3}\d+ events\/s; answered after /m)
  expect(stdout).not.toContain('delivered')
  expect(code).toBe(0)
})

test('a place that does not exist is exit 1: nothing was accepted', async () => {
  await using server = await runningServer()
  const { code, stdout } = await server.cli('bench', '--to', '/default/nowhere', '--seconds', '1')
  expect(stdout).toMatch(/^refused +[1-9]/m)
  expect(code).toBe(1)
})

test('a --to that is no path is exit 2', async () => {
  expect(await runHere(['bench', '--to', 'default'])).toMatchObject({ code: 2 })
})

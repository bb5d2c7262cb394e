import { expect, test } from 'vitest'
import { eventually, latch, residentBytes, tempDir } from '@millrace/testkit'
import { existsSync } from 'node:fs'

test('waits until the check gives something other than false', async () => {
  let calls = 0
  await eventually(() => (calls += 1) > 2)
  expect(calls).toBe(3)
})

test('gives up with what the last call threw', async () => {
  const check = () => expect(1).toBe(2)
  await expect(eventually(check, { timeoutMs: 20 })).rejects.toThrow('expected 1 to be 2')
})

test('a latch opens with its last count', async () => {
  const two = latch(2)
  two.countDown()
  expect(two.remaining).toBe(1)
  two.countDown()
  await two.open
})

test('a temporary directory goes with its scope', async () => {
  let path
  {
    await using dir = await tempDir()
    path = dir.path
    expect(existsSync(path)).toBe(true)
  }
  expect(existsSync(path)).toBe(false)
})

test('resident memory is that of the process', async () => {
  expect(await residentBytes(process.pid)).toBeGreaterThan(10 * 1024 * 1024)
})

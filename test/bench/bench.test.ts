import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { tempDir } from '@millrace/testkit'
import { expect, test } from 'vitest'
import { allCases } from '../../bench/cases/all-cases.ts'
import type { BenchResult } from '../../bench/report/result.ts'

const root = join(import.meta.dirname, '../..')

interface Ended {
  readonly code: number | string | null
  readonly stdout: string
  readonly stderr: string
}

function run(command: string, ...args: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(command, args, { cwd: root }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : (error.code ?? null), stdout, stderr }),
    )
  })
}

function bench(...args: readonly string[]): Promise<Ended> {
  return run(process.execPath, '--conditions=@millrace/source', 'bench/run.ts', ...args)
}

test('--list names every case, and what it is divided by', async () => {
  const { code, stdout } = await bench('--list')
  expect(code).toBe(0)
  for (const { name, reference } of allCases) {
    expect(stdout).toMatch(new RegExp(`^${name} `, 'm'))
    expect(stdout).toContain(reference)
  }
})

test('a case that is none is exit 2', async () => {
  const { code, stderr } = await bench('--only', 'hole')
  expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringMatching(/^there is no hole/) })
})

test(
  'a case is measured beside its reference, nothing is lost, and two results stand side by side',
  { timeout: 180_000 },
  async () => {
    await using folder = await tempDir()
    const [first, second] = ['a.json', 'b.json'].map((name) => join(folder.path, name)) as [string, string]
    const { code, stdout } = await bench(
      '--only',
      'whole',
      '--rounds',
      '2',
      '--slice',
      '100',
      '--json',
      first,
    )
    expect(stdout).toMatch(/^whole +\d/m)
    expect(code).toBe(0)
    const result = JSON.parse(await readFile(first, 'utf8')) as BenchResult
    const [one] = result.cases
    expect(result).toMatchObject({
      node: process.version,
      commit: expect.any(String),
      machine: { cpus: expect.any(Number) },
    })
    expect(one).toMatchObject({ name: 'whole', reference: 'null relay', unit: 'CPU µs/event', lost: 0 })
    expect(one?.ratio.median).toBeGreaterThan(0)
    expect(one?.delivered).toBeGreaterThanOrEqual(one?.accepted ?? Infinity)

    await writeFile(second, JSON.stringify({ ...result, commit: 'another' }))
    const compared = await run('bench/compare', first, second)
    expect(compared).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^whole .* 1\.00 +same +null relay$/m),
    })
    expect(await run('bench/compare', first)).toMatchObject({ code: 2 })
  },
)

import type { AppendResult, Lease, Storage } from '@millrace/storage'
import { eventually, tempDir } from '@millrace/testkit'
import { execFile } from 'node:child_process'
import { appendFile, rm } from 'node:fs/promises'
import { promisify } from 'node:util'
import { describe, expect, onTestFinished, test } from 'vitest'
import { sqliteStorage } from '../src/index.ts'

const run = promisify(execFile)
const mebibyte = 1024 * 1024
const missing = await whyNoTmpfs()

/** Why no small disk can be made here; with CI=true it must be possible. */
async function whyNoTmpfs(): Promise<string | undefined> {
  if (process.env['CI'] === 'true') return undefined
  try {
    await using directory = await tempDir()
    await run('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', directory.path])
    await run('umount', [directory.path])
    return undefined
  } catch {
    return 'a tmpfs cannot be mounted'
  }
}

async function smallDisk(size: string): Promise<string> {
  const directory = await tempDir()
  await run('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', directory.path])
  onTestFinished(async () => {
    await run('umount', [directory.path])
    await directory[Symbol.asyncDispose]()
  })
  return directory.path
}

interface Filled {
  readonly leases: readonly Lease[]
  readonly refused: Extract<AppendResult, { kind: 'refused' }>
}

/** Appends until the store takes no more. */
async function fill(storage: Storage, route: number): Promise<Filled> {
  const leases: Lease[] = []
  for (;;) {
    const [result] = await storage.append([
      { owner: '/default/o', record: new Uint8Array(10_000).fill(1), to: [{ route, lease: true }] },
    ])
    if (result?.kind === 'refused') return { leases, refused: result }
    if (result?.kind === 'stored') leases.push(...result.leases)
  }
}

describe.skipIf(missing !== undefined)(
  `a small disk${missing === undefined ? '' : ` (SKIPPED: ${missing})`}`,
  () => {
    test('below the reserve appends are refused, settling goes on, and with room again all is taken', async () => {
      const disk = await smallDisk('24m')
      const storage = await sqliteStorage({ path: `${disk}/store`, reserveBytes: 8 * mebibyte })
      const [route] = [...(await storage.routes.register(['r'])).values()] as [number]
      const { leases, refused } = await fill(storage, route)
      expect(refused).toMatchObject({
        reason: 'full',
        detail: expect.stringContaining('the reserve is 8388608'),
      })
      expect(refused.retryAfterMs).toBeGreaterThan(0)
      expect(storage.health.kind).toBe('full')
      expect(leases.length).toBeGreaterThan(100)
      const results = await storage.settle(leases.map((lease) => ({ lease, outcome: { kind: 'done' } })))
      expect(results.every(({ kind }) => kind === 'settled')).toBe(true)
      await eventually(() => storage.health.kind === 'ok')
      expect((await fill(storage, route)).leases.length).toBeGreaterThan(100)
      await storage.close()
    })

    test('a disk that somebody else has filled to the last byte: nothing is lost, and all resumes', async () => {
      const disk = await smallDisk('24m')
      const storage = await sqliteStorage({ path: `${disk}/store`, reserveBytes: mebibyte })
      const [route] = [...(await storage.routes.register(['r'])).values()] as [number]
      const held: Lease[] = []
      const append = async (): Promise<AppendResult> => {
        const item = { owner: '/default/o', record: new Uint8Array(10_000), to: [{ route, lease: true }] }
        const [result] = await storage.append([item])
        if (result?.kind === 'stored') held.push(...result.leases)
        return result!
      }
      for (let n = 0; n < 50; n += 1) expect(await append()).toMatchObject({ kind: 'stored' })
      await appendFile(`${disk}/filler`, new Uint8Array(30 * mebibyte)).catch(() => undefined)
      await eventually(async () => (await append()).kind === 'refused')
      const stored = held.length
      const settling = storage.settle(held.map((lease) => ({ lease, outcome: { kind: 'done' } })))
      await rm(`${disk}/filler`)
      expect((await settling).every(({ kind }) => kind === 'settled')).toBe(true)
      expect(stored).toBeGreaterThanOrEqual(50)
      await eventually(() => storage.health.kind === 'ok')
      held.length = 0
      expect(await append()).toMatchObject({ kind: 'stored' })
      expect(await storage.stats()).toMatchObject([{ unsettled: 1 }])
      await storage.close()
    })

    test('space is given back when what waited is delivered', async () => {
      const disk = await smallDisk('40m')
      const path = `${disk}/store`
      const storage = await sqliteStorage({ path, reserveBytes: 20 * mebibyte })
      const [route] = [...(await storage.routes.register(['r'])).values()] as [number]
      const { leases } = await fill(storage, route)
      const before = (await storage.info()).bytes!
      await storage.settle(leases.map((lease) => ({ lease, outcome: { kind: 'done' } })))
      await eventually(async () => {
        const { bytes, walBytes } = await storage.info()
        return bytes! < before / 2 && walBytes === 0
      })
      await storage.close()
    })
  },
)

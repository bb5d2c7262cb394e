import { copyFileSync, existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { LoadFaults } from '../src/worker/faults.ts'

/** What the next commit is to suffer; the harness writes it into shared memory, and it holds once. */
export const fault = { none: 0, dieBefore: 1, dieAfter: 2, failBefore: 3, failAfter: 4 } as const

/** Loaded by the worker. To die is to leave the files as they are at this very moment, and to end the thread. */
export const faults: LoadFaults = ({ path, faults: settings }) => {
  const control = new Int32Array(settings!.control)
  const strikes = (kind: number): boolean => Atomics.compareExchange(control, 0, kind, fault.none) === kind

  function die(): void {
    mkdirSync(settings!.image, { recursive: true })
    for (const name of ['millrace.db', 'millrace.db-wal'])
      if (existsSync(join(path, name))) copyFileSync(join(path, name), join(settings!.image, name))
    process.exit(1)
  }

  return {
    beforeCommit() {
      if (strikes(fault.dieBefore)) die()
      if (strikes(fault.failBefore)) fail()
    },
    afterCommit() {
      if (strikes(fault.dieAfter)) die()
      if (strikes(fault.failAfter)) fail()
    },
  }
}

function fail(): void {
  throw Object.assign(new Error('disk I/O error, as the test wants it'), { errcode: 10 })
}

import * as fc from 'fast-check'
import { test } from 'vitest'
import { benchOf } from './bench.ts'
import type { StorageHarness } from './harness.ts'
import { HistoryRun } from './history-run.ts'
import { history } from './history.ts'

const timeoutMs = 120_000

export function historyRules(harness: StorageHarness): void {
  test(
    'whatever happens in whatever order, nothing is lost and nothing is delivered after it is done',
    async () => {
      const property = fc.asyncProperty(history, async (steps) => {
        const subject = await harness.create()
        try {
          await new HistoryRun(await benchOf(subject)).run(steps)
        } finally {
          await subject.dispose()
        }
      })
      await fc.assert(property, { numRuns: harness.histories })
    },
    timeoutMs,
  )
}

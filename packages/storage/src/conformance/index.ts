import { describe } from 'vitest'
import { advanceRules } from './advance-rules.ts'
import { appendRules } from './append-rules.ts'
import { claimRules } from './claim-rules.ts'
import { crashRules } from './crash-rules.ts'
import { deadLetterRules } from './dead-letter-rules.ts'
import { deliveryRules } from './delivery-rules.ts'
import { failureRules } from './failure-rules.ts'
import type { StorageHarness } from './harness.ts'
import { historyRules } from './history-rules.ts'
import { jobRules } from './job-rules.ts'
import { keyRules } from './key-rules.ts'
import { limitRules } from './limit-rules.ts'
import { orderRules } from './order-rules.ts'
import { parkedRules } from './parked-rules.ts'
import { retentionRules } from './retention-rules.ts'
import { routeRules } from './route-rules.ts'
import { settleRules } from './settle-rules.ts'
import { smallValueRules } from './small-value-rules.ts'

export type { CrashPoint, StorageHarness, Subject, TestClock } from './harness.ts'

/** What every store must do (docs/store.md); called in the test file of each adapter. */
export function storageConformance(name: string, harness: StorageHarness): void {
  describe(`${name} as a store`, () => {
    appendRules(harness)
    advanceRules(harness)
    claimRules(harness)
    settleRules(harness)
    keyRules(harness)
    parkedRules(harness)
    deliveryRules(harness)
    limitRules(harness)
    routeRules(harness)
    deadLetterRules(harness)
    retentionRules(harness)
    smallValueRules(harness)
    jobRules(harness)
    crashRules(harness)
    failureRules(harness)
    orderRules(harness)
    historyRules(harness)
  })
}

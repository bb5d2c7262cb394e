import { movedRefusal, shareRefusal, totalRefusal } from '@millrace/storage'
import type {
  Advance,
  AppendItem,
  AppendResult,
  ClaimResult,
  Lease,
  Refusal,
  Settlement,
  SettleResult,
  StorageHealth,
  StorageLimits,
} from '@millrace/storage'
import { isLeasable } from './leasable.ts'
import { freshLease, leaseId } from './lease-id.ts'
import { appendCodes, staleCode } from './wire.ts'
import type { Claimed } from './wire.ts'

const retryAfterMs = { unavailable: 1_000, full: 5_000 } as const

/** What a store that cannot take anything now answers to an append. */
export function refusal(reason: 'unavailable' | 'full', health: StorageHealth): Refusal {
  const detail = health.kind === 'ok' ? 'the store could not take the event; it can again' : health.detail
  return { kind: 'refused', reason, detail, retryAfterMs: retryAfterMs[reason] }
}

/** What answers are made from, beside the codes. */
export interface AnswerContext {
  /** The time that the worker went by. */
  readonly now: number
  readonly health: StorageHealth
  readonly limits: StorageLimits
}

/** The codes of the items begin at `from`. */
export function appendResults(
  items: readonly AppendItem[],
  codes: readonly number[],
  from: number,
  context: AnswerContext,
  advance?: Advance,
): AppendResult[] {
  if (advance !== undefined && codes[from] === appendCodes.moved) {
    const moved = movedRefusal(advance.key)
    return items.map(() => moved)
  }
  return items.map((item, at) => appendResult(item, codes[from + at]!, context))
}

function appendResult(item: AppendItem, code: number, context: AnswerContext): AppendResult {
  if (code < appendCodes.nothingStored) return refused(item, code, context)
  const { now } = context
  const leases: Lease[] = []
  for (const target of item.to) if (isLeasable(target, now)) leases.push(freshLease(code, target.route))
  return { kind: 'stored', leases }
}

function refused({ owner }: AppendItem, code: number, { health, limits }: AnswerContext): AppendResult {
  if (code === appendCodes.duplicate) return { kind: 'duplicate' }
  if (code === appendCodes.overShare) return shareRefusal(owner, limits.ownerBytes ?? 0)
  if (code === appendCodes.overLimit) return totalRefusal(limits.totalBytes ?? 0)
  return refusal(code === appendCodes.full ? 'full' : 'unavailable', health)
}

const stale: SettleResult = { kind: 'stale' }
const settled: SettleResult = { kind: 'settled', appends: [] }

export function settleResults(
  items: readonly Settlement[],
  words: readonly number[],
  from: number,
  context: AnswerContext,
): SettleResult[] {
  let at = from
  return items.map(({ appends }) => {
    const count = words[at++]!
    if (count === staleCode) return stale
    if (count === 0 || appends === undefined) return settled
    const results = appendResults(appends, words, at, context)
    at += count
    return { kind: 'settled', appends: results }
  })
}

export function claimResult({ route, nextDue, leases: words, records }: Claimed): ClaimResult {
  const leases = records.map((record, n): Lease => {
    const [event, attempts, firstAttempt, key] = words.slice(4 * n, 4 * n + 4) as [
      number,
      number,
      number | null,
      string | null,
    ]
    return {
      id: leaseId(event, route),
      route,
      attempts,
      firstAttempt: firstAttempt ?? undefined,
      interruptions: 0,
      key: key ?? undefined,
      record: record ?? undefined,
    }
  })
  return { route, leases, nextDue }
}

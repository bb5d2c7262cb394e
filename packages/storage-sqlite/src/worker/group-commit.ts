import { appendCodes } from '../wire.ts'
import { advance } from './advance.ts'
import {
  abandonAppend,
  appendItem,
  finishAppend,
  isLarge,
  prepareAppend,
  refusalCode,
  removeIncomplete,
} from './append.ts'
import type { Prepared, Steps } from './append.ts'
import { startWrite } from './calls.ts'
import type { Call } from './request-reader.ts'
import { settleInSteps, settleItem } from './settle.ts'
import { isDiskFailure } from './sqlite-error.ts'
import { transaction } from './transaction.ts'
import type { Store } from './store.ts'
import type { Tally } from './tally.ts'
import type { CommitHooks } from './transaction.ts'

/** A call that writes, until it is answered. */
export interface Pending extends Tally {
  readonly call: Call
  /** What is left of work that takes several transactions. */
  steps: Steps<unknown> | undefined
  /** What the last transaction that it took part in has made of it. */
  outcome: { readonly answer: unknown } | undefined
}

export function pendingOf(call: Call): Pending {
  return { call, steps: undefined, outcome: undefined, count: 0 }
}

/** How a group went: every call of it is answered, goes on in the next group, or is itself at fault. */
export interface GroupResult {
  readonly done: readonly Pending[]
  readonly unfinished: readonly Pending[]
  readonly faulty: readonly { readonly pending: Pending; readonly error: unknown }[]
}

/**
 * Does all of the group in one transaction. A call that cannot be done is left out, and the others are
 * done without it; so is an event that cannot be deleted. Where only the end of the transaction fails, which is
 * for all of them, each is done in one of its own.
 * @throws where the disk fails: then nothing is known to be done (`outcome` says what would have been)
 */
export function commitGroup(store: Store, group: readonly Pending[], hooks: CommitHooks): GroupResult {
  const faulty: { pending: Pending; error: unknown }[] = []
  let left = group
  let isAgain = false
  for (;;) {
    if (left.length === 0 && store.state.incomplete.size === 0) return { done: [], unfinished: [], faulty }
    const stuck = store.stuck.size + store.stuckPacks.size
    let current: Pending | undefined
    try {
      transaction(
        store,
        () => {
          if (isAgain) removeIncomplete(store)
          for (current of left) step(store, current)
          current = undefined
        },
        hooks,
      )
      const done = left.filter(({ outcome }) => outcome !== undefined)
      return { done, unfinished: left.filter(({ outcome }) => outcome === undefined), faulty }
    } catch (error) {
      const culprit = current ?? (left.length === 1 ? left[0] : undefined)
      if (isDiskFailure(error)) throw error
      if (store.stuck.size + store.stuckPacks.size === stuck) {
        if (culprit === undefined && left.length === 0) throw error
        if (culprit === undefined) return oneByOne(store, left, hooks, faulty)
        faulty.push({ pending: culprit, error })
        left = left.filter((pending) => pending !== culprit)
      }
      startAnew(left)
      isAgain = true
    }
  }
}

function oneByOne(
  store: Store,
  group: readonly Pending[],
  hooks: CommitHooks,
  faulty: GroupResult['faulty'],
): GroupResult {
  startAnew(group)
  transaction(store, () => removeIncomplete(store))
  const results = group.map((pending) => commitGroup(store, [pending], hooks))
  return {
    done: results.flatMap(({ done }) => done),
    unfinished: results.flatMap(({ unfinished }) => unfinished),
    faulty: [...faulty, ...results.flatMap((result) => result.faulty)],
  }
}

function startAnew(group: readonly Pending[]): void {
  for (const pending of group) Object.assign(pending, { steps: undefined, outcome: undefined })
}

function step(store: Store, pending: Pending): void {
  const started = pending.steps ?? start(store, pending)
  if (!isSteps(started)) {
    pending.outcome = { answer: started }
    return
  }
  const { done, value } = started.next()
  pending.steps = started
  if (done === true) pending.outcome = { answer: value }
}

function start(store: Store, pending: Pending): unknown {
  const { call } = pending
  const { now } = call
  if (call.kind === 'other') return startWrite(store, call.call, now, pending)
  if (call.kind === 'append') {
    const refused = refusalCode(store, call.items, now)
    if (refused === undefined && isLarge(call.items)) return appendSteps(store, call)
    const code = refused ?? (advance(store, call.advance) ? undefined : appendCodes.moved)
    return call.items.map((item) => code ?? appendItem(store, item, now))
  }
  if (call.items.some(({ appends }) => isLarge(appends))) return settleInSteps(store, call.items, now)
  return call.items.map((item) => settleItem(store, item, now))
}

function* appendSteps(store: Store, call: Extract<Call, { kind: 'append' }>): Steps<number[]> {
  const { items, now } = call
  const prepared: Prepared[] = []
  for (const item of items) prepared.push(yield* prepareAppend(store, item, now))
  if (advance(store, call.advance)) return prepared.map((append) => finishAppend(store, append, now))
  for (const append of prepared) abandonAppend(store, append)
  return prepared.map(() => appendCodes.moved)
}

function isSteps(value: unknown): value is Steps<unknown> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value && 'next' in value
}

import type { StorageHealth } from '@millrace/storage'
import { deliveryKey } from '../lease-id.ts'
import { appendCodes } from '../wire.ts'
import { doRead, isRead, release } from './calls.ts'
import { disconnect } from './connection.ts'
import { truncateWal } from './checkpoint.ts'
import type { DiskSpace } from './disk-space.ts'
import { Failure } from './failure.ts'
import { commitGroup, pendingOf } from './group-commit.ts'
import type { Pending } from './group-commit.ts'
import { Housekeeping } from './housekeeping.ts'
import type { Outbox } from './outbox.ts'
import type { Call } from './request-reader.ts'
import { settleWords } from './settle.ts'
import { describeError, isDamage, isDiskFailure } from './sqlite-error.ts'
import type { Store } from './store.ts'
import type { CommitHooks } from './transaction.ts'

export interface EngineParts {
  readonly path: string
  readonly store: Store
  readonly disk: DiskSpace
  readonly outbox: Outbox
  readonly hooks: CommitHooks
  /** The store is closed: the thread can end. */
  readonly closed: () => void
}

const forgottenAfterMs = 10_000

type OtherCall = Extract<Call, { kind: 'other' }>

/** Takes the calls as they arrive, commits them in groups, and mends the store when the disk has failed. */
export class Engine {
  readonly #parts: EngineParts
  readonly #housekeeping: Housekeeping
  #queue: Pending[] = []
  #reads: OtherCall[] = []
  #memory: ArrayBuffer[] = []
  #failure: Failure | undefined
  /** Failures in a row, as long as none is long past. */
  #failures = 0
  #mendedAt = 0
  #mending: NodeJS.Timeout | undefined
  #closing: OtherCall | undefined

  constructor(parts: EngineParts) {
    this.#parts = parts
    this.#housekeeping = new Housekeeping(parts.store, (error) => this.#fail([], error))
    parts.disk.watch(() => this.#lookAtDisk())
  }

  get health(): StorageHealth {
    if (this.#failure !== undefined) return { kind: 'unavailable', detail: this.#failure.detail }
    const { shortage } = this.#parts.disk
    return shortage === undefined ? { kind: 'ok' } : { kind: 'full', detail: shortage }
  }

  /** `memory`: what the calls' records are views of. */
  receive(calls: readonly Call[], memory: readonly ArrayBuffer[]): void {
    this.#memory.push(...memory)
    for (const call of calls) this.#take(call)
    this.#turn()
  }

  #take(call: Call): void {
    if (call.kind === 'append') return this.#takeAppend(call)
    if (call.kind === 'other' && call.call.name === 'close') this.#closing = call
    else if (call.kind === 'other' && isRead(call.call.name)) this.#reads.push(call)
    else if (call.kind === 'other' && this.#failure !== undefined) this.#unavailable(call, this.#failure)
    else this.#queue.push(pendingOf(call))
  }

  #takeAppend(call: Extract<Call, { kind: 'append' }>): void {
    const { disk, outbox } = this.#parts
    if (this.#failure !== undefined) return this.#refuse(call, this.#failure.refusal)
    let bytes = 0
    for (const { record } of call.items) bytes += record.length
    disk.appended(bytes)
    if (disk.shortage === undefined) this.#queue.push(pendingOf(call))
    else {
      this.#refuse(call, appendCodes.full)
      outbox.health(this.health)
    }
  }

  /** One group of writes, then what reads. */
  #turn(): void {
    if (this.#failure === undefined && this.#queue.length > 0) this.#commit()
    for (const call of this.#reads.splice(0)) this.#read(call)
    this.#parts.outbox.flush()
    if (this.#queue.length === 0) this.#free()
    if (this.#failure === undefined && this.#queue.length > 0) {
      this.#parts.outbox.alive()
      setImmediate(() => this.#turn())
    } else if (this.#closing !== undefined) this.#close(this.#closing)
  }

  /** At once: this thread makes too little garbage for V8 to look for what it holds, and that would be 60 MB. */
  #free(): void {
    for (const buffer of this.#memory) this.#parts.outbox.free(buffer)
    this.#memory = []
  }

  #commit(): void {
    const { store, hooks } = this.#parts
    const group = this.#queue
    this.#queue = []
    try {
      const { done, unfinished, faulty } = commitGroup(store, group, hooks)
      this.#queue = [...unfinished]
      for (const pending of done) this.#answer(pending)
      for (const { pending, error } of faulty) this.#faulty(pending.call, error)
    } catch (error) {
      this.#fail(group, error)
      return
    }
    this.#parts.outbox.wake(store.state.promoted)
    store.state.promoted.clear()
    this.#parts.outbox.flush()
    this.#housekeeping.afterCommit()
  }

  /** A call that cannot be done; what it met with a damaged page is the store's fault, not the caller's. */
  #faulty(call: Call, error: unknown): void {
    const { outbox } = this.#parts
    if (call.kind === 'append' && isDamage(error)) this.#refuse(call, appendCodes.unavailable)
    else outbox.failure(call.id, 'unexpected', describeError(error))
  }

  #answer({ call, outcome }: Pending): void {
    const { outbox } = this.#parts
    if (call.kind === 'append') outbox.words(call.id, outcome?.answer as number[])
    else if (call.kind === 'settle')
      outbox.words(call.id, settleWords(outcome?.answer as (number[] | undefined)[]))
    else {
      outbox.value(call.id, outcome?.answer)
      this.#announce(call, outcome?.answer)
    }
  }

  /** What was not appended by this process's own accepting, but can be claimed. */
  #announce({ call }: OtherCall, answer: unknown): void {
    const { outbox } = this.#parts
    if (call.name === 'cancelDeliveries') outbox.wake((answer as string[]).map((id) => deliveryKey(id)[1]))
    if (call.name === 'releaseParked' && answer === true) outbox.wake([call.args[0]])
    if (call.name === 'skipParked' && answer !== undefined) outbox.wake([call.args.route])
    if (call.name === 'redrive') outbox.wake(call.args.map(({ route }) => route))
    if (call.name === 'redirectRoute') outbox.wake([call.args[1]])
  }

  #read(call: OtherCall): void {
    const { store, outbox } = this.#parts
    if (this.#failure !== undefined) {
      if (call.call.name !== 'release') return this.#unavailable(call, this.#failure)
      release(store, call.call.args)
      return outbox.value(call.id, undefined)
    }
    try {
      const value = doRead(store, call.call, call.now)
      store.state.kept()
      if (call.call.name === 'claim') outbox.claimed(call.id, value as never)
      else outbox.value(call.id, value)
    } catch (error) {
      store.state.undone()
      if (isDiskFailure(error)) this.#fail([], error)
      outbox.failure(call.id, isDiskFailure(error) ? 'unavailable' : 'unexpected', describeError(error))
    }
  }

  #refuse({ id, items }: Extract<Call, { kind: 'append' }>, code: number): void {
    this.#parts.outbox.words(
      id,
      items.map(() => code),
    )
  }

  #unavailable(call: OtherCall, failure: Failure): void {
    this.#parts.outbox.failure(call.id, 'unavailable', failure.detail)
  }

  /** The disk fails: appends are refused, settles wait, and the store is re-opened until it can be trusted. */
  #fail(group: readonly Pending[], error: unknown): void {
    if (this.#failure !== undefined) return
    if (Date.now() - this.#mendedAt > forgottenAfterMs) this.#failures = 0
    // What has taken part in earlier transactions and goes on starts anew, too.
    const pending = [...group, ...this.#queue]
    const failure = new Failure(error, this.#parts.store.state.commits + 1, pending, this.#failures)
    this.#failure = failure
    this.#failures += 1
    for (const { call } of pending) {
      if (call.kind === 'append') this.#refuse(call, failure.refusal)
      else if (call.kind === 'other') this.#unavailable(call, failure)
    }
    this.#queue = [...failure.settles]
    this.#housekeeping.close()
    this.#parts.outbox.health(this.health)
    this.#parts.outbox.flush()
    this.#mendLater(failure)
  }

  #mendLater(failure: Failure): void {
    this.#mending = setTimeout(() => {
      this.#mend(failure)
      this.#turn()
    }, failure.delayMs())
  }

  #mend(failure: Failure): boolean {
    const { store, path, outbox, disk } = this.#parts
    try {
      failure.mend(store, path)
    } catch (error) {
      failure.again(error)
      outbox.health(this.health)
      if (this.#closing === undefined) this.#mendLater(failure)
      return false
    }
    const answered = failure.answered(store)
    this.#queue = this.#queue.filter((pending) => !answered.has(pending))
    for (const pending of answered) this.#answer(pending)
    this.#failure = undefined
    this.#mendedAt = Date.now()
    disk.look()
    outbox.health(this.health)
    outbox.wake('all')
    return true
  }

  #lookAtDisk(): void {
    if (this.#failure !== undefined) return
    if (this.#parts.disk.shortage !== undefined) this.#housekeeping.makeRoom()
    this.#parts.disk.look()
    this.#parts.outbox.health(this.health)
    this.#parts.outbox.flush()
  }

  /** Once more tries to do what waits; what cannot be done is said. */
  #close(call: OtherCall): void {
    const { store, disk, outbox, closed } = this.#parts
    clearTimeout(this.#mending)
    if (this.#failure !== undefined && this.#mend(this.#failure) && this.#queue.length > 0)
      return this.#turn()
    for (const { call: waiting } of this.#queue)
      outbox.failure(waiting.id, 'closed', 'the store was closed while its disk failed')
    this.#housekeeping.close()
    disk.close()
    try {
      truncateWal(store.connection)
    } catch {
      // The WAL stays, and is read at the next open.
    }
    disconnect(store.connection.db)
    outbox.value(call.id, undefined)
    outbox.flush()
    closed()
  }
}

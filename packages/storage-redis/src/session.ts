import { StorageError } from '@millrace/storage'
import type { StorageHealth } from '@millrace/storage'
import type { RedisCommand } from './command.ts'
import type { Confirmation } from './confirmation.ts'
import type { Connection } from './connection.ts'
import type { Operation, ProcessName } from './operation.ts'
import { isAway, isFenced, isOutOfMemory } from './reply.ts'
import type { Reply } from './reply.ts'

export interface SessionHooks {
  readonly health: (health: StorageHealth) => void
  /** The connection is gone, or the process was fenced: a new one is needed. */
  readonly broken: (reason: string) => void
}

/** What stands between a batch and the connection: nothing, but in tests. */
export type Sender = (connection: Connection, commands: readonly RedisCommand[]) => Promise<readonly Reply[]>

/** A pipeline that was sent. */
interface Sent {
  readonly connection: Connection
  readonly batch: readonly Operation[]
  /** The commands of each of the batch. */
  readonly built: readonly (readonly RedisCommand[])[]
  readonly replies: readonly Reply[]
  /** It ended with these commands. */
  readonly confirmed: Confirmation | undefined
}

interface Current {
  readonly connection: Connection
  readonly process: ProcessName
}

/**
 * Collects what is asked in one turn of the loop, or while the last pipeline is under way, into one pipeline,
 * and answers it. It knows whether the store is there; how it comes back is the caller's to know.
 */
export class Session {
  readonly #hooks: SessionHooks
  readonly #sender: Sender
  readonly #confirmation: Confirmation | undefined
  #queue: Operation[] = []
  #current: Current | undefined
  #health: StorageHealth = { kind: 'unavailable', detail: 'not connected yet' }
  #isScheduled = false
  #isSending = false
  #isClosed = false
  #isDead = false
  #idle: (() => void)[] = []

  constructor(
    hooks: SessionHooks,
    confirmation?: Confirmation,
    sender: Sender = (connection, commands) => connection.send(commands),
  ) {
    this.#hooks = hooks
    this.#confirmation = confirmation
    this.#sender = sender
  }

  get health(): StorageHealth {
    return this.#health
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  /** Something is asked, and its answer is not there yet. */
  get isBusy(): boolean {
    return this.#isSending || this.#queue.length > 0
  }

  /** Everything goes over this connection from now on. */
  use(connection: Connection, process: ProcessName): void {
    this.#current = { connection, process }
    this.become({ kind: 'ok' })
  }

  become(health: StorageHealth): void {
    if (health.kind === this.#health.kind) return
    this.#health = health
    this.#hooks.health(health)
  }

  /** @throws {StorageError} closed */
  assertOpen(): void {
    if (this.#isClosed) throw new StorageError('closed', 'the store is closed')
  }

  submit(operation: Operation): void {
    if (this.#current === undefined) {
      operation.away(false)
      return
    }
    this.#queue.push(operation)
    if (this.#isScheduled || this.#isSending) return
    this.#isScheduled = true
    setImmediate(() => {
      this.#isScheduled = false
      void this.#flush()
    })
  }

  /** The connection is gone, or no use any more: whatever waits for it learns it. */
  lose(reason: string, connection: Connection | undefined = this.#current?.connection): void {
    if (connection === undefined || this.#current?.connection !== connection) return
    this.#current = undefined
    this.become({ kind: 'unavailable', detail: reason })
    connection.end()
    for (const operation of this.#queue.splice(0)) operation.away(false)
    this.#settleIdle()
    this.#hooks.broken(reason)
  }

  /** Resolves when nothing is asked any more. */
  async quiet(): Promise<void> {
    while (this.isBusy) await new Promise<void>((resolve) => void this.#idle.push(resolve))
  }

  /** Nothing more is taken. */
  close(): void {
    this.#isClosed = true
  }

  /** The process dies: nobody is answered any more. */
  die(): void {
    this.#isClosed = true
    this.#isDead = true
    const current = this.#current
    this.#current = undefined
    this.#queue = []
    current?.connection.end()
  }

  async #flush(): Promise<void> {
    // one pipeline at a time: what is asked meanwhile goes together in the next
    while (!this.#isSending && this.#queue.length > 0 && this.#current !== undefined) {
      const { connection, process } = this.#current
      const batch = this.#queue.splice(0)
      const built = batch.map((operation) => operation.commands(process))
      const confirmed = batch.some(({ isAcceptance }) => isAcceptance === true)
        ? this.#confirmation
        : undefined
      this.#isSending = true
      const replies = await this.#sender(connection, [...built.flat(), ...(confirmed?.commands ?? [])])
      this.#isSending = false
      if (this.#isDead) return
      this.#answer({ connection, batch, built, replies, confirmed })
    }
    this.#settleIdle()
  }

  #answer({ connection, batch, built, replies, confirmed }: Sent): void {
    let at = 0
    const asked = replies.slice(built.flat().length)
    let trouble = asked.map(troubleOf).find((each) => each !== undefined)
    const missing = trouble ?? confirmed?.shortfall(asked)
    const answers: (() => void)[] = []
    for (const [n, operation] of batch.entries()) {
      const own = replies.slice(at, (at += built[n]?.length ?? 0))
      const bad = own.map(troubleOf).find((each) => each !== undefined)
      trouble ??= bad
      const isShort = missing !== undefined && operation.isAcceptance === true
      if (bad === undefined && isShort) answers.push(() => operation.unconfirmed?.(own))
      else if (bad === undefined) answers.push(() => operation.answered(own))
      else answers.push(() => operation.away(own.some(({ kind }) => kind !== 'error')))
    }
    // the store is known to be away before anybody is told
    if (trouble !== undefined) this.lose(trouble, connection)
    else if (missing !== undefined) this.become({ kind: 'unconfirmed', detail: missing })
    else this.#judgeRoom(replies)
    for (const answer of answers) answer()
  }

  #judgeRoom(replies: readonly Reply[]): void {
    const full = replies.find((reply) => reply.kind === 'error' && isOutOfMemory(reply.error))
    if (full?.kind === 'error') this.become({ kind: 'full', detail: full.error.message })
  }

  #settleIdle(): void {
    if (this.isBusy) return
    for (const resolve of this.#idle.splice(0)) resolve()
  }
}

/** Why the connection cannot be gone on with, if it cannot. */
function troubleOf(reply: Reply): string | undefined {
  if (reply.kind === 'lost') return 'the connection to Redis was lost'
  if (reply.kind === 'error' && (isAway(reply.error) || isFenced(reply.error))) return reply.error.message
  return undefined
}

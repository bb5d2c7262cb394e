import { StorageError, StorageOpenError } from '@millrace/storage'
import type { Advance, AppendItem, Settlement, StorageEvents, StorageHealth } from '@millrace/storage'
import { Worker } from 'node:worker_threads'
import { mostSpares } from './message-buffer.ts'
import { RequestWriter } from './request-writer.ts'
import { Watchdog } from './watchdog.ts'
import type { CallFailure, Opening, OtherCall, OtherCalls, OtherName, Reply, WorkerSettings } from './wire.ts'

/** Reads an answer's words, which begin at `from`. */
export type ReadWords<T> = (words: readonly number[], from: number) => T

interface Waiting {
  readonly read: ReadWords<unknown> | undefined
  readonly resolve: (value: unknown) => void
  readonly reject: (error: Error) => void
}

export interface LinkOptions {
  /** The disk is taken to be away when a call has waited so long. */
  readonly stallMs: number
}

/** What may wait for other calls waits no longer. */
const longestWaitMs = 5

const workerFile = import.meta.url.endsWith('.ts') ? './worker/main.ts' : './worker/main.js'

/** The main thread's side of the worker: calls of one turn become one message, answers come back by number. */
export class WorkerLink {
  /** The routes that the store had when it was opened. */
  readonly routes: readonly number[]
  readonly #worker: Worker
  readonly #options: LinkOptions
  /** By the number of the call; an array, as a Map that is written to for ever keeps alive for V8 what has left it. */
  readonly #waiting: (Waiting | undefined)[] = []
  /** Numbers of calls that have been answered. */
  readonly #free: number[] = []
  #unanswered = 0
  readonly #listeners = new Set<Partial<StorageEvents>>()
  readonly #writer = new RequestWriter()
  readonly #ended: Promise<void>
  readonly #watchdog: Watchdog
  /** Memory to be used again. */
  readonly #spare: ArrayBuffer[] = []
  #flushing = false
  #later: NodeJS.Timeout | undefined
  #reported: StorageHealth
  #stalled: StorageHealth | undefined
  #closed = false

  private constructor(worker: Worker, opening: Extract<Opening, { kind: 'open' }>, options: LinkOptions) {
    this.#worker = worker
    this.#options = options
    this.#reported = opening.health
    this.routes = opening.routes
    this.#watchdog = new Watchdog(options.stallMs, () => this.#stall())
    worker.on('message', (reply: Reply) => this.#take(reply))
    worker.on('error', (error) => this.#die(error.message))
    this.#ended = new Promise((resolve) => {
      worker.on('exit', (code) => {
        this.#die(`it ended with code ${code}`)
        resolve()
      })
    })
  }

  /** @throws {StorageOpenError} */
  static async open(settings: WorkerSettings, options: LinkOptions): Promise<WorkerLink> {
    const worker = new Worker(new URL(workerFile, import.meta.url), { workerData: settings, execArgv: [] })
    const opening = await openingOf(worker)
    if (opening.kind === 'open') return new WorkerLink(worker, opening, options)
    await worker.terminate()
    throw new StorageOpenError(opening.code, opening.message)
  }

  get isClosed(): boolean {
    return this.#closed
  }

  get health(): StorageHealth {
    return this.#stalled ?? this.#reported
  }

  subscribe(events: Partial<StorageEvents>): () => void {
    this.#listeners.add(events)
    return () => void this.#listeners.delete(events)
  }

  append<T>(
    items: readonly AppendItem[],
    now: number,
    read: ReadWords<T>,
    advance: Advance | undefined,
  ): Promise<T> {
    return this.#ask((id) => this.#writer.append(id, items, now, advance), read)
  }

  settle<T>(items: readonly Settlement[], now: number, mayWait: boolean, read: ReadWords<T>): Promise<T> {
    return this.#ask((id) => this.#writer.settle(id, items, now), read, mayWait)
  }

  call<N extends OtherName>(
    name: N,
    args: OtherCalls[N]['args'],
    now: number,
  ): Promise<OtherCalls[N]['answer']> {
    return this.#ask((id) => this.#writer.other(id, { name, args } as OtherCall, now))
  }

  /** Lets the worker do what was asked, and waits for its end. */
  async close(): Promise<void> {
    if (!this.#closed && this.#reported.kind !== 'dead') {
      const asked = this.call('close', undefined, 0)
      this.#closed = true
      await asked.catch(() => undefined)
    }
    this.#closed = true
    await this.#ended
  }

  #ask<T>(write: (id: number) => void, read?: ReadWords<T>, mayWait = false): Promise<T> {
    if (this.#closed) return Promise.reject(new StorageError('closed', 'the store is closed'))
    if (this.#reported.kind === 'dead') return Promise.reject(new StorageError('dead', this.#reported.detail))
    return new Promise((resolve, reject) => {
      const id = this.#free.pop() ?? this.#waiting.length
      this.#waiting[id] = { read, resolve: resolve as Waiting['resolve'], reject }
      this.#unanswered += 1
      write(id)
      if (mayWait) this.#flushLater()
      else if (!this.#flushing) {
        this.#flushing = true
        setImmediate(this.#flush)
      }
    })
  }

  /** With whatever is asked next: where events are few, the end of one needs no commit of its own. */
  #flushLater(): void {
    if (this.#later !== undefined) return
    this.#later = setTimeout(() => {
      this.#later = undefined
      this.#flush()
    }, longestWaitMs)
  }

  readonly #flush = (): void => {
    this.#flushing = false
    if (this.#writer.isEmpty || this.#reported.kind === 'dead') return
    const batch = this.#writer.take(this.#spare)
    const { words, bytes } = batch.memory
    this.#worker.postMessage(batch, [words.buffer, bytes.buffer])
    this.#watchdog.expect()
  }

  #take({ words, others, spare, health, wake }: Reply): void {
    for (const memory of spare ?? []) if (this.#spare.length < mostSpares) this.#spare.push(memory)
    const wasStalled = this.#stalled !== undefined
    if (health !== undefined || wasStalled) this.#become(health ?? this.#reported)
    for (let at = 0; at < words.length;) {
      const id = words[at]!
      const from = at + 2
      at = from + words[at + 1]!
      const waiting = this.#settled(id)
      waiting?.resolve(waiting.read?.(words, from))
    }
    for (const { id, value, failure } of others) {
      const waiting = this.#settled(id)
      if (failure === undefined) waiting?.resolve(value)
      else waiting?.reject(errorOf(failure))
    }
    this.#watchdog.heard(this.#unanswered > 0 && this.#reported.kind !== 'unavailable')
    // Claims may have been held back while the store was taken to be away.
    const routes = wasStalled ? 'all' : wake
    if (routes !== undefined) for (const listener of this.#listeners) listener.wake?.(routes)
  }

  #settled(id: number): Waiting | undefined {
    const waiting = this.#waiting[id]
    if (waiting === undefined) return undefined
    this.#waiting[id] = undefined
    this.#free.push(id)
    this.#unanswered -= 1
    return waiting
  }

  #stall(): void {
    const before = this.health
    const seconds = Math.round(this.#options.stallMs / 1_000)
    this.#stalled = { kind: 'unavailable', detail: `the disk has not answered for ${seconds} s` }
    this.#announce(before)
  }

  #become(health: StorageHealth): void {
    const before = this.health
    this.#stalled = undefined
    this.#reported = health
    this.#announce(before)
  }

  #announce(before: StorageHealth): void {
    const { health } = this
    if (health.kind === before.kind) return
    for (const listener of this.#listeners) listener.health?.(health)
  }

  /** Nothing can be done any more; what was asked has no answer. */
  #die(reason: string): void {
    if (this.#reported.kind === 'dead') return
    this.#watchdog.stop()
    const detail = this.#closed ? 'the store is closed' : `the store's thread is gone: ${reason}`
    const error = new StorageError(this.#closed ? 'closed' : 'dead', detail)
    this.#become({ kind: 'dead', detail })
    for (const waiting of this.#waiting) waiting?.reject(error)
    this.#waiting.length = 0
  }
}

function openingOf(worker: Worker): Promise<Opening> {
  return new Promise((resolve) => {
    const failed = (error: Error): void =>
      resolve({ kind: 'failed', code: 'unusable', message: error.message })
    worker.once('error', failed)
    worker.once('message', (opening: Opening) => {
      worker.off('error', failed)
      resolve(opening)
    })
  })
}

function errorOf({ code, message }: CallFailure): Error {
  return code === 'unexpected' ? new Error(message) : new StorageError(code, message)
}

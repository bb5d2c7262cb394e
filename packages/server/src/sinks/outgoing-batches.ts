import type { SinkResult, SinkSend } from '../sink-sends.ts'

/** Events that go out together at most. */
const most = 1_000

interface Outgoing {
  readonly send: SinkSend
  readonly timer: NodeJS.Timeout
  /** None: it has been answered. */
  done: ((result: SinkResult) => void) | undefined
}

/**
 * What goes out by one sink: all that comes in one turn of the event loop, or while a batch is on its way, is the
 * next batch. One is on its way at a time, so the order of events is kept.
 */
export class OutgoingBatches {
  readonly #deliver: (sends: readonly SinkSend[]) => Promise<readonly SinkResult[]>
  readonly #late: (error: string) => void
  #waiting: Outgoing[] = []
  #underWay: readonly Outgoing[] = []
  #running: Promise<void> | undefined
  readonly #aborted = Promise.withResolvers<void>()

  /**
   * @param deliver answers for each in their order, and never throws
   * @param late told of each that had its time without an answer
   */
  constructor(
    deliver: (sends: readonly SinkSend[]) => Promise<readonly SinkResult[]>,
    late: (error: string) => void,
  ) {
    this.#deliver = deliver
    this.#late = late
  }

  add(send: SinkSend, done: (result: SinkResult) => void): void {
    const outgoing: Outgoing = {
      send,
      done,
      timer: setTimeout(() => {
        const error = `timeout after ${send.timeoutMs} ms`
        answer(outgoing, { kind: 'failed', failure: 'timeout', error })
        this.#late(error)
      }, send.timeoutMs),
    }
    this.#waiting.push(outgoing)
    this.#running ??= this.#run()
  }

  abort(): void {
    for (const each of [...this.#underWay, ...this.#waiting]) answer(each, { kind: 'aborted' })
    this.#aborted.resolve()
  }

  /** Resolves when nobody waits for an answer any more. */
  async ended(): Promise<void> {
    await Promise.race([this.#running, this.#aborted.promise])
  }

  async #run(): Promise<void> {
    // what else comes in this turn goes along
    await new Promise(setImmediate)
    while (this.#waiting.length > 0) {
      // what has had its time is answered and does not go
      const batch = this.#waiting.splice(0, most).filter(({ done }) => done !== undefined)
      if (batch.length === 0) continue
      this.#underWay = batch
      const results = await this.#deliver(batch.map(({ send }) => send))
      this.#underWay = []
      for (const [index, each] of batch.entries()) answer(each, results[index] ?? unanswered)
    }
    this.#running = undefined
  }
}

const unanswered: SinkResult = { kind: 'failed', failure: 'connection', error: 'the sink said nothing of it' }

function answer(outgoing: Outgoing, result: SinkResult): void {
  const { done, timer } = outgoing
  outgoing.done = undefined
  clearTimeout(timer)
  done?.(result)
}

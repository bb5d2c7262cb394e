import { setTimeout as sleep } from 'node:timers/promises'
import type { Percentiles } from './generator.ts'
import { nativeProgram } from './native.ts'
import { nodeProgram, Program } from './program.ts'

/** What the sink has answered since the last reset; the latencies are from the event's sending to its arrival. */
export interface Received extends Percentiles {
  readonly arrived: number
  /** 202 */
  readonly ok: number
  /** 200 with an event */
  readonly replied: number
  /** 503 */
  readonly failed: number
}

const patienceMs = 20_000

/** Takes deliveries, in a process of its own. */
export class Sink implements AsyncDisposable {
  /** C, or node:net where there is no compiler. */
  readonly isNative: boolean
  readonly port: number
  readonly #program: Program

  private constructor(program: Program, isNative: boolean, port: number) {
    this.#program = program
    this.isNative = isNative
    this.port = port
  }

  static async start(): Promise<Sink> {
    const native = await nativeProgram('sink')
    const program = native === undefined ? nodeProgram('load/node-sink.ts') : new Program(native)
    const { port } = await program.next<{ port: number }>()
    return new Sink(program, native !== undefined, port)
  }

  get pid(): number {
    return this.#program.pid
  }

  /** `/ok…` is answered 202, `/fail…` 503, `/reply…` 200 with an event. */
  url(path: string): string {
    return `http://127.0.0.1:${this.port}${path}`
  }

  reset(): Promise<Received> {
    return this.#program.ask('reset')
  }

  count(): Promise<Received> {
    return this.#program.ask('count')
  }

  gate(state: 'open' | 'closed'): Promise<Received> {
    return this.#program.ask(`gate ${state}`)
  }

  /** Waits until so many requests were answered; gives up when for a while none came. */
  async answered(expected: number): Promise<Received> {
    let before = -1
    let since = performance.now()
    for (;;) {
      const received = await this.count()
      const answered = received.ok + received.replied + received.failed
      if (answered >= expected) return received
      if (answered > before) {
        before = answered
        since = performance.now()
      } else if (performance.now() - since > patienceMs) return received
      await sleep(2)
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#program[Symbol.asyncDispose]()
  }
}

import { createConnection, type Socket } from 'node:net'
import { once } from 'node:events'
import type { RedisServer } from '@millrace/testkit'
import type { Sample } from '../measure/contest.ts'
import { cpuMicroseconds } from '../measure/cpu.ts'
import { foreignLoad } from '../measure/foreign-load.ts'

const inPipeline = 100
const key = 'bare'

/** The least that a durable append costs a Redis: one XADD an event, a hundred in a pipeline, and nothing else. */
export class BareXadd implements AsyncDisposable {
  readonly #redis: RedisServer
  readonly #socket: Socket
  readonly #pipeline: Buffer

  private constructor(redis: RedisServer, socket: Socket, bytes: number) {
    this.#redis = redis
    this.#socket = socket
    const one = command('XADD', key, '*', 'r', 'x'.repeat(bytes))
    this.#pipeline = Buffer.from(one.repeat(inPipeline))
  }

  static async start(redis: RedisServer, bytes: number): Promise<BareXadd> {
    const socket = createConnection(redis.socket)
    await once(socket, 'connect')
    return new BareXadd(redis, socket, bytes)
  }

  /** Appends for so long, one pipeline after the other. */
  async run(ms: number): Promise<Sample> {
    await this.#redis.ask('DEL', key)
    const foreign = foreignLoad([this.#redis.pid])
    const before = cpuMicroseconds(this.#redis.pid)
    const until = performance.now() + ms
    let accepted = 0
    for (; performance.now() < until; accepted += inPipeline) await this.#once()
    const cost = (cpuMicroseconds(this.#redis.pid) - before) / accepted
    return { cost, accepted, expected: accepted, delivered: accepted, foreign: foreign() }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.destroy()
  }

  /** Each answer is a length and an id: two lines. */
  #once(): Promise<void> {
    return new Promise((resolve, reject) => {
      let lines = 0
      const read = (chunk: Buffer): void => {
        for (const byte of chunk) if (byte === 10) lines += 1
        if (lines < 2 * inPipeline) return
        this.#socket.off('data', read).off('error', reject)
        resolve()
      }
      this.#socket.on('data', read).once('error', reject)
      this.#socket.write(this.#pipeline)
    })
  }
}

function command(...words: readonly string[]): string {
  return `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`
}

import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { Latencies, nowNs } from './latencies.ts'

/*
 * The generator without a compiler: what native/load.c does, with node:net. Two to three times as dear,
 * so that at saturation it takes time from what is measured.
 */

const lastAnswersMs = 20_000

class Run {
  readonly counts = { begun: 0, accepted: 0, refused: 0, failed: 0 }
  readonly latencies = new Latencies()
  readonly #template: Buffer
  readonly #ids: readonly number[]
  readonly #times: readonly number[]
  readonly #idle: Socket[] = []
  readonly #rate: number
  readonly #most: number
  readonly #end: number
  #due = performance.now()
  #busy = 0
  #lastId = nowNs()

  constructor(template: Buffer, ms: number, rate: number, most: number) {
    this.#template = template
    this.#ids = places(template, '@@@@@@@@@@@@@@@@@@id')
    this.#times = places(template, '@@@@@@@@@@@@@@t0')
    this.#rate = rate
    this.#most = most
    this.#end = ms === 0 ? Infinity : performance.now() + ms
  }

  async go(port: number, connections: number): Promise<void> {
    const sockets = await Promise.all(Array.from({ length: connections }, () => this.#open(port)))
    this.#due = performance.now()
    this.#idle.push(...sockets)
    const patience = performance.now() + lastAnswersMs
    for (;;) {
      this.#beginSome()
      const over = this.#most > 0 ? this.counts.begun >= this.#most : performance.now() >= this.#end
      if (over && (this.#busy === 0 || performance.now() > Math.min(this.#end, patience) + lastAnswersMs))
        break
      await sleep(1)
    }
    for (const socket of sockets) socket.destroy()
  }

  async #open(port: number): Promise<Socket> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    await once(socket, 'connect')
    socket.on('error', () => (this.counts.failed += 1))
    return socket
  }

  #beginSome(): void {
    while (this.#idle.length > 0 && this.#mayBegin()) {
      const socket = this.#idle.pop()
      if (socket !== undefined) this.#begin(socket)
    }
  }

  #mayBegin(): boolean {
    if (this.#most > 0 && this.counts.begun >= this.#most) return false
    const now = performance.now()
    return this.#rate > 0 ? this.#due <= now && this.#due < this.#end : now < this.#end
  }

  #begin(socket: Socket): void {
    const begun = performance.now()
    const due = this.#rate > 0 ? this.#due : begun
    if (this.#rate > 0) this.#due += 1_000 / this.#rate
    this.counts.begun += 1
    this.#busy += 1
    const late = BigInt(Math.round((begun - due) * 1e6))
    socket.write(this.#request(nowNs() - late))
    let text = ''
    const onData = (chunk: Buffer): void => {
      text += chunk.toString('latin1')
      if (!text.includes('\r\n\r\n')) return
      socket.off('data', onData)
      this.#busy -= 1
      if (text.startsWith('HTTP/1.1 202')) this.counts.accepted += 1
      else this.counts.refused += 1
      this.latencies.add(performance.now() - due)
      this.#idle.push(socket)
      if (this.#rate === 0) this.#beginSome()
    }
    socket.on('data', onData)
  }

  #request(time: bigint): Buffer {
    const bytes = Buffer.from(this.#template)
    for (const at of this.#ids) bytes.write((this.#lastId += 1n).toString(16).padStart(20, '0'), at)
    for (const at of this.#times) bytes.write(time.toString(16).padStart(16, '0'), at)
    return bytes
  }
}

function places(template: Buffer, mark: string): number[] {
  const found: number[] = []
  for (let at = template.indexOf(mark); at >= 0; at = template.indexOf(mark, at + 1)) found.push(at)
  return found
}

for await (const line of createInterface(process.stdin)) {
  const [, path = '', ...numbers] = line.split(' ')
  const [port = 0, connections = 1, ms = 0, rate = 0, most = 0] = numbers.map(Number)
  const run = new Run(readFileSync(path), ms, rate, most)
  const start = performance.now()
  await run.go(port, connections)
  const took = performance.now() - start
  process.stdout.write(`${JSON.stringify({ ...run.counts, ms: took, ...run.latencies.percentiles() })}\n`)
}

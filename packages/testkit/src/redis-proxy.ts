import { once } from 'node:events'
import { createServer, connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { tempDir } from './temp-dir.ts'

/** Where the line is cut: before the answer, in its midst, or behind it. */
export type Cut = 'unanswered' | 'midst' | 'answered'

/** Between a client and its Redis: counts the commands and cuts the line behind one of them. */
export interface RedisProxy extends AsyncDisposable {
  readonly socket: string
  /** Commands that were passed on, on all connections, since the line was armed. */
  readonly commands: number
  /**
   * Passes on so many commands more and cuts all connections then: before the last of them is answered,
   * within the bytes that come then, or behind them. New connections are let in.
   */
  cutAfter(commands: number, when: Cut): void
  /** Counts from here, and cuts nothing. */
  arm(): void
}

/** Opens a proxy on a socket of its own in front of a Redis's. */
export async function redisProxy(target: string): Promise<RedisProxy> {
  const home = await tempDir()
  const socket = join(home.path, 'proxy.sock')
  const open = new Set<Socket>()
  let passed = 0
  let left = Infinity
  let when: Cut = 'unanswered'

  function cut(): void {
    left = Infinity
    for (const each of open) each.destroy()
  }

  const server = createServer((client) => {
    const upstream = connect(target)
    const reader = new CommandReader()
    open.add(client).add(upstream)
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      one.on('error', () => other.destroy())
      one.on('close', () => {
        open.delete(one)
        other.destroy()
      })
    }
    client.on('data', (chunk: Buffer) => {
      for (const piece of reader.read(chunk)) {
        if (left === 0) return
        upstream.write(piece.bytes)
        if (!piece.isEnd) continue
        passed += 1
        left -= 1
        // what was passed on is read by Redis all the same: the line is cut in the other direction first
        if (left === 0 && when === 'unanswered') upstream.end(() => cut())
      }
    })
    upstream.on('data', (chunk: Buffer) => {
      if (left === 0 && when === 'unanswered') return
      if (left === 0)
        client.write(when === 'midst' ? chunk.subarray(0, Math.ceil(chunk.length / 2)) : chunk, () => cut())
      else client.write(chunk)
    })
  })
  server.listen(socket)
  await once(server, 'listening')

  return {
    socket,
    get commands() {
      return passed
    },
    cutAfter(commands, how) {
      passed = 0
      left = commands
      when = how
    },
    arm() {
      passed = 0
      left = Infinity
    },
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close')
      server.close()
      cut()
      await closed
      await home[Symbol.asyncDispose]()
    },
  }
}

interface Piece {
  readonly bytes: Buffer
  /** A command ends with it. */
  readonly isEnd: boolean
}

/** Finds where commands end in what a client sends: `*N`, and N times `$LENGTH` and the bytes. */
class CommandReader {
  #line = ''
  /** Bytes of the argument that are still to come, with its end of line. */
  #bytes = 0
  #arguments = 0

  read(chunk: Buffer): Piece[] {
    const pieces: Piece[] = []
    let from = 0
    for (let at = 0; at < chunk.length;) {
      if (this.#bytes > 0) {
        const some = Math.min(this.#bytes, chunk.length - at)
        at += some
        this.#bytes -= some
        if (this.#bytes > 0) continue
        this.#arguments -= 1
        if (this.#arguments > 0) continue
        pieces.push({ bytes: chunk.subarray(from, at), isEnd: true })
        from = at
        continue
      }
      this.#line += String.fromCharCode(chunk[at] ?? 0)
      at += 1
      if (!this.#line.endsWith('\r\n')) continue
      const value = Number(this.#line.slice(1, -2))
      if (this.#line.startsWith('*')) this.#arguments = value
      else this.#bytes = value + 2
      this.#line = ''
    }
    if (from < chunk.length) pieces.push({ bytes: chunk.subarray(from), isEnd: false })
    return pieces
  }
}

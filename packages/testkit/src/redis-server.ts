import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { createConnection } from 'node:net'
import { join } from 'node:path'
import { certificate } from './certificate.ts'
import { eventually } from './eventually.ts'
import { onPath } from './on-path.ts'
import { tempDir, type TempDir } from './temp-dir.ts'

/** Another server than the one on the PATH, such as a newer Redis or a Valkey: `REDIS_SERVER=/path npm test`. */
const chosen = process.env.REDIS_SERVER

/** Why there is no Redis to test with; undefined: there is one. In CI that is a failure, not a skip. */
export const redisMissing: string | undefined =
  process.env.CI === 'true' || (chosen ?? onPath('redis-server')) !== undefined
    ? undefined
    : 'there is no redis-server on the PATH: install it (Debian: apt install redis-server; macOS: brew install redis)'

export interface RedisServerOptions {
  /** What is synced, and when; `none`: nothing is written at all. Default `none`. */
  readonly appendfsync?: 'always' | 'everysec' | 'no' | 'none'
  /** Further arguments of the server. */
  readonly args?: readonly string[]
  /** Listens on this port of 127.0.0.1 too (proxies need one); only on its socket by default. */
  readonly port?: number
  /** Listens on this port of 127.0.0.1 over TLS too, with a certificate of its own that signs itself. */
  readonly tlsPort?: number
  /** Whom that certificate names, such as `DNS:redis.example`; 127.0.0.1 and localhost by default. */
  readonly tlsSubjects?: string
  /** Another server than `redis-server` on the PATH. */
  readonly command?: string
  /** It is a Sentinel, with this configuration file. */
  readonly sentinel?: string
}

/** A Redis of a test's own: on a socket in a directory of its own, which stays over restarts. */
export class RedisServer implements AsyncDisposable {
  readonly #home: TempDir
  readonly #options: RedisServerOptions
  #child: ChildProcess | undefined
  #output = ''

  constructor(home: TempDir, options: RedisServerOptions) {
    this.#home = home
    this.#options = options
  }

  get socket(): string {
    return join(this.#home.path, 'redis.sock')
  }

  /** Of a store called `name`. */
  storeUrl(name = 'millrace'): string {
    return `redis+unix://${this.socket}?name=${name}`
  }

  /** The same over TLS: whoever uses it must trust `caFile`. */
  tlsUrl(name = 'millrace'): string {
    return `rediss://127.0.0.1:${this.#options.tlsPort}?name=${name}`
  }

  /** What its certificate is trusted by, PEM: the certificate itself. */
  get caFile(): string {
    return join(this.#home.path, 'redis.crt')
  }

  get pid(): number {
    const pid = this.#child?.pid
    if (pid === undefined) throw new Error('redis-server does not run')
    return pid
  }

  /** Starts it, with whatever is on its disk, and waits until it answers. */
  async start(): Promise<void> {
    const { appendfsync = 'none', args = [], port = 0, command, sentinel } = this.#options
    const binary = command ?? chosen ?? onPath('redis-server')
    if (binary === undefined) throw new Error('there is no redis-server on the PATH')
    const written = appendfsync === 'none' ? [] : ['--appendonly', 'yes', '--appendfsync', appendfsync]
    const data = join(this.#home.path, 'data')
    await mkdir(data, { recursive: true })
    const listens = ['--port', String(port), '--bind', '127.0.0.1', '--unixsocket', this.socket]
    const kind = sentinel === undefined ? ['--save', '', ...written] : ['--sentinel']
    const file = sentinel === undefined ? [] : [sentinel]
    const settings = ['--dir', data, ...listens, ...this.#tls(), ...kind, ...args]
    const child = spawn(binary, [...file, ...settings], { stdio: ['ignore', 'pipe', 'pipe'] })
    this.#child = child
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => (this.#output += text))
    const ended = once(child, 'exit').then(() => {
      throw new Error(`redis-server ended: ${this.#output}`)
    })
    ended.catch(() => undefined)
    await Promise.race([ended, eventually(() => this.#answers(), { timeoutMs: 20_000 })])
  }

  /** SIGKILL, and waits until it is gone. */
  async kill(): Promise<void> {
    const child = this.#child
    this.#child = undefined
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const exited = once(child, 'exit')
    child.kill('SIGKILL')
    await exited
  }

  signal(signal: NodeJS.Signals): void {
    process.kill(this.pid, signal)
  }

  /** Asks it one thing, in the words of redis-cli; the raw reply. */
  async ask(...words: readonly (string | number)[]): Promise<string> {
    const socket = createConnection(this.socket)
    const request = words.map((word) => `$${Buffer.byteLength(String(word))}\r\n${word}\r\n`).join('')
    socket.end(`*${words.length}\r\n${request}`)
    const chunks: Buffer[] = []
    for await (const chunk of socket) chunks.push(chunk as Buffer)
    return Buffer.concat(chunks).toString()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill()
    await this.#home[Symbol.asyncDispose]()
  }

  #tls(): string[] {
    const { tlsPort } = this.#options
    if (tlsPort === undefined) return []
    const files = ['--tls-cert-file', this.caFile, '--tls-key-file', join(this.#home.path, 'redis.key')]
    const clients = ['--tls-ca-cert-file', this.caFile, '--tls-auth-clients', 'no']
    return ['--tls-port', String(tlsPort), ...files, ...clients]
  }

  async #answers(): Promise<boolean> {
    return (await this.ask('PING')).startsWith('+PONG')
  }
}

/** Starts a Redis and waits until it answers. Dispose of it: the process and its files go. */
export async function redisServer(options: RedisServerOptions = {}): Promise<RedisServer> {
  const home = await tempDir()
  const server = new RedisServer(home, options)
  try {
    if (options.tlsPort !== undefined) await certificate(home.path, 'redis', options.tlsSubjects)
    await server.start()
  } catch (error) {
    await server[Symbol.asyncDispose]()
    throw error
  }
  return server
}

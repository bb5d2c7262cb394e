import { Command, Redis } from 'ioredis'
import type { RedisCommand } from './command.ts'
import { connectError } from './connect-error.ts'
import type { Reply } from './reply.ts'
import type { ServerOptions } from './store-url.ts'

export interface ConnectionOptions {
  readonly redis: ServerOptions
  /** No answer for so long: the connection is taken for broken. */
  readonly stallMs: number
  /** It has ended, for whatever reason; said once. */
  readonly ended: () => void
}

/**
 * One connection, used until it breaks and never mended: what was on its way when it broke has an unknown
 * outcome, and only the store's own logic can tell. So nothing is queued, sent again or retried in here.
 */
export class Connection {
  readonly #client: Redis
  readonly #stallMs: number
  readonly #ended: () => void
  #open = true

  private constructor(client: Redis, { stallMs, ended }: ConnectionOptions) {
    this.#client = client
    this.#stallMs = stallMs
    this.#ended = ended
    client.on('close', () => this.end())
  }

  /** @throws what kept it from being opened */
  static async open(options: ConnectionOptions): Promise<Connection> {
    const settings: ServerOptions = {
      ...options.redis,
      lazyConnect: true,
      protocol: 2,
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      autoResubscribe: false,
      maxRetriesPerRequest: 0,
      retryStrategy: () => null,
      sentinelRetryStrategy: () => null,
      disableClientInfo: true,
      connectTimeout: options.stallMs,
    }
    const client = new Redis(settings)
    let reason: unknown
    client.on('error', (error: unknown) => (reason ??= error))
    const sentinels = options.redis.sentinels?.length ?? 0
    const late = latecomer((sentinels + 2) * options.stallMs)
    try {
      await Promise.race([shakeHands(client, options.redis.db), late.promise])
    } catch (error) {
      client.disconnect()
      client.stream?.destroy()
      throw connectError(reason ?? error, options.redis)
    } finally {
      clearTimeout(late.timer)
    }
    return new Connection(client, options)
  }

  get isOpen(): boolean {
    return this.#open
  }

  /**
   * Sends commands in one piece; resolves with a reply for each. Not with a pipeline of ioredis: each of those
   * has a shape of its own for V8, which keeps it alive, with all its commands, until the whole heap is collected.
   */
  async send(commands: readonly RedisCommand[]): Promise<readonly Reply[]> {
    if (!this.#open) return commands.map(() => lost)
    const { stream } = this.#client
    const timer = setTimeout(() => this.end(), this.#stallMs)
    stream.cork()
    const replies = commands.map((command) => this.#sendOne(command))
    stream.uncork()
    try {
      return await Promise.all(replies)
    } finally {
      clearTimeout(timer)
    }
  }

  #sendOne({ name, args }: RedisCommand): Promise<Reply> {
    const command = new Command(name, args.map(argument), { replyEncoding: null })
    const answer = this.#client.sendCommand(command) as Promise<unknown>
    return answer.then(valueReply, errorReply)
  }

  /** Sends one command. @throws the server's error, or that the connection is lost */
  async ask(command: RedisCommand): Promise<unknown> {
    const [reply] = await this.send([command])
    if (reply?.kind === 'value') return reply.value
    throw reply?.kind === 'error' ? reply.error : new Error('the connection to Redis was lost')
  }

  /** Listens on a channel; nothing else can be sent on this connection from then on. */
  async listen(channel: string, heard: (message: string) => void): Promise<void> {
    this.#client.on('message', (_channel: string, message: string) => heard(message))
    await this.#client.subscribe(channel)
  }

  end(): void {
    if (!this.#open) return
    this.#open = false
    this.#client.disconnect()
    // a server that hangs would not close its side
    this.#client.stream.destroy()
    this.#ended()
  }
}

async function shakeHands(client: Redis, db: number | undefined): Promise<void> {
  await client.connect()
  // where this database is refused ioredis stays in 0, which is another store
  if (db !== undefined && db > 0) await client.select(db)
}

/** ioredis limits the time of connecting alone: one that takes a connection and says nothing is not waited for for ever. */
function latecomer(ms: number): { readonly promise: Promise<never>; readonly timer: NodeJS.Timeout } {
  const { promise, reject } = Promise.withResolvers<never>()
  const silence = 'connected, but no answer came: is it a Redis, and does it want TLS (rediss://)?'
  return { promise, timer: setTimeout(() => reject(new Error(silence)), ms) }
}

function argument(value: string | number | Uint8Array): string | number | Buffer {
  return value instanceof Uint8Array ? Buffer.from(value.buffer, value.byteOffset, value.byteLength) : value
}

const lost: Reply = { kind: 'lost' }

function valueReply(value: unknown): Reply {
  return { kind: 'value', value }
}

function errorReply(error: unknown): Reply {
  return error instanceof Error && error.name === 'ReplyError' ? { kind: 'error', error } : lost
}

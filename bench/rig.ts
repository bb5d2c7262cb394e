import { join } from 'node:path'
import { redisServer, startMillrace, tempDir } from '@millrace/testkit'
import type { RedisServer, RedisServerOptions, TempDir } from '@millrace/testkit'
import { Generator } from './load/generator.ts'
import { nodeProgram, type Program } from './load/program.ts'
import { Sink } from './load/sink.ts'

/** A process that takes events on a port. */
export interface Subject {
  readonly pid: number
  readonly port: number
  /** Of the Redis that has its events. */
  readonly redisPid?: number
}

/** On what a server of the bench keeps its events. */
export type BenchStore = 'sqlite' | 'redis'

/** What every case works with: the generator, the sink, and the processes that it starts. They end with it. */
export class Rig implements AsyncDisposable {
  readonly folder: TempDir
  readonly generator: Generator
  readonly sink: Sink
  readonly #stack: AsyncDisposableStack
  readonly #launcher: { readonly launcher?: string }
  readonly #store: BenchStore

  private constructor(
    folder: TempDir,
    generator: Generator,
    sink: Sink,
    stack: AsyncDisposableStack,
    checkout: string | undefined,
    store: BenchStore,
  ) {
    this.#store = store
    this.folder = folder
    this.generator = generator
    this.sink = sink
    this.#stack = stack
    this.#launcher =
      checkout === undefined ? {} : { launcher: join(checkout, 'packages/cli/bin/millrace.js') }
  }

  /** `checkout`: another one of this repository, whose server is measured. */
  static async start(checkout?: string, store: BenchStore = 'sqlite'): Promise<Rig> {
    await using stack = new AsyncDisposableStack()
    const folder = stack.use(await tempDir())
    const generator = stack.use(await Generator.start(folder.path))
    const sink = stack.use(await Sink.start())
    return new Rig(folder, generator, sink, stack.move(), checkout, store)
  }

  /** The real server, as a process of its own, with a store on disk, or on a Redis. */
  async millrace(
    manifests: string,
    args: readonly string[] = [],
    on?: RedisServer,
  ): Promise<Subject & { readonly admin: string }> {
    const redis = on ?? (this.#store === 'redis' ? await this.redis('none') : undefined)
    const store = redis === undefined ? [] : ['--store', redis.storeUrl()]
    const server = await startMillrace({
      manifests,
      args: ['--log-level', 'warn', ...store, ...args],
      ...this.#launcher,
    })
    this.#stack.use(server)
    return {
      pid: server.pid,
      port: Number(new URL(server.ingress).port),
      admin: server.admin,
      ...(redis === undefined ? {} : { redisPid: redis.pid }),
    }
  }

  /** A Redis on a socket, which syncs so. */
  async redis(appendfsync: NonNullable<RedisServerOptions['appendfsync']>): Promise<RedisServer> {
    return this.#stack.use(await redisServer({ appendfsync }))
  }

  /** An HTTP server in front of an HTTP client: passes each event on to all of the URLs. */
  nullRelay(urls: readonly string[]): Promise<Subject> {
    return this.#subject('subjects/null-relay.ts', urls)
  }

  /** `R_in`: node:http that reads and answers 202. */
  floorIn(): Promise<Subject> {
    return this.#subject('subjects/floor-in.ts', [])
  }

  /** `R_out`: undici that posts to the sink. */
  floorOut(url: string): Program {
    return this.#stack.use(nodeProgram('subjects/floor-out.ts', url))
  }

  /** One more sink, for what is not to meet other traffic. */
  async anotherSink(): Promise<Sink> {
    return this.#stack.use(await Sink.start())
  }

  /** What ends with the rig. */
  use<Owned extends AsyncDisposable>(owned: Owned): Owned {
    return this.#stack.use(owned)
  }

  async #subject(file: string, args: readonly string[]): Promise<Subject> {
    const program = this.#stack.use(nodeProgram(file, ...args))
    const { port } = await program.next<{ port: number }>()
    return { pid: program.pid, port }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#stack.disposeAsync()
  }
}

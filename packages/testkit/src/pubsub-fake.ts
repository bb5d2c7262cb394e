import { join } from 'node:path'
import { request } from 'undici'
import { pubSubFakeCommand } from './google-fakes.ts'
import { GoogleProcess } from './google-process.ts'
import { tempDir, type TempDir } from './temp-dir.ts'

/** What a subscription has seen since the fake was started; `outstanding` are delivered and not acknowledged. */
export interface SubscriptionCounters {
  readonly delivered: number
  readonly acked: number
  readonly nacked: number
  /** Deadlines that were extended. */
  readonly extended: number
  readonly outstanding: number
  readonly mostOutstanding: number
  /** Streams that are open. */
  readonly streams: number
}

/** Likelihoods from 0 to 1. */
export interface PubSubFaults {
  /** An acknowledgement counts as a nack. */
  readonly lossy?: number
  /** A delivery is made once more at once. */
  readonly again?: number
}

const none: SubscriptionCounters = {
  delivered: 0,
  acked: 0,
  nacked: 0,
  extended: 0,
  outstanding: 0,
  mostOutstanding: 0,
  streams: 0,
}

/** Google's fake of Pub/Sub as a process of its own, whose topics, messages and acknowledgements outlive it. */
export class PubSubFake implements AsyncDisposable {
  readonly #home: TempDir
  #process: GoogleProcess | undefined
  #host = '127.0.0.1:0'
  #control = '127.0.0.1:0'

  constructor(home: TempDir) {
    this.#home = home
  }

  /** For `PUBSUB_EMULATOR_HOST`. */
  get host(): string {
    return this.#host
  }

  /** Starts it, the second time where it was before and with what it had. */
  async start(): Promise<void> {
    const args = [this.#host, this.#control, join(this.#home.path, 'journal')]
    this.#process = new GoogleProcess(pubSubFakeCommand, args)
    const line = await this.#process.firstLine()
    const [, host, control] = /^listening on (\S+) (\S+)$/.exec(line) ?? []
    if (host === undefined || control === undefined) throw new Error(`the fake of Pub/Sub says: ${line}`)
    this.#host = host
    this.#control = control
  }

  /** SIGKILL. */
  async kill(): Promise<void> {
    await this.#process?.[Symbol.asyncDispose]()
  }

  /** Of a subscription by its full name. */
  async counters(subscription: string): Promise<SubscriptionCounters> {
    const { body } = await request(`http://${this.#control}/counters`)
    const all = (await body.json()) as Readonly<Record<string, SubscriptionCounters>>
    return all[subscription] ?? none
  }

  async faults({ lossy = 0, again = 0 }: PubSubFaults): Promise<void> {
    await this.#tell('faults', JSON.stringify({ lossy, again }))
  }

  /** All deadlines have passed: what is delivered and not acknowledged comes again. */
  async expire(): Promise<void> {
    await this.#tell('expire', '')
  }

  async #tell(what: string, body: string): Promise<void> {
    const answer = await request(`http://${this.#control}/${what}`, { method: 'POST', body })
    await answer.body.dump()
    if (answer.statusCode !== 204) throw new Error(`the fake of Pub/Sub answers ${answer.statusCode}`)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill()
    await this.#home[Symbol.asyncDispose]()
  }
}

/**
 * Starts a fake of Pub/Sub. For projects of the names `no-such-project`, `forbidden-project`, `expired-credentials`
 * and `spent-quota` it refuses as Google does.
 */
export async function pubSubFake(): Promise<PubSubFake> {
  const fake = new PubSubFake(await tempDir())
  try {
    await fake.start()
  } catch (error) {
    await fake[Symbol.asyncDispose]()
    throw error
  }
  return fake
}

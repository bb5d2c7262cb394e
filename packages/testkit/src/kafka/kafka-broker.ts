import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { cp, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { certificate, type Certificate } from '../certificate.ts'
import { eventually } from '../eventually.ts'
import { freePorts } from '../redis-cluster.ts'
import { tempDir, type TempDir } from '../temp-dir.ts'
import { brokerProperties, type BrokerPorts } from './broker-properties.ts'
import { classPath, formattedLog, javaArguments, kafkaUser } from './kafka-files.ts'
import { KafkaTopics } from './kafka-topics.ts'

const startMs = 90_000
/** Ends the broker when whoever started it says so, or is gone, however it went: then its files go too. */
const guard =
  '"$@" & child=$!; said=$(cat); kill -9 $child; wait $child; [ "$said" = keep ] || rm -rf "$0"; exit 0'

export interface KafkaBrokerOptions {
  /** The port that clients of the plain listener are told to come to, of a proxy before `ports.plain`. */
  readonly advertisedPlain?: number
}

/** A real Apache Kafka of a test's own, one broker; its data stays over restarts. */
export class KafkaBroker implements AsyncDisposable {
  readonly ports: BrokerPorts
  /** What the broker's certificate is trusted by, PEM: itself. */
  readonly ca: string
  /** The certificate that the mutual listener takes. */
  readonly client: Certificate
  readonly user = kafkaUser
  /** To make topics, and to write and read records. */
  readonly topics: KafkaTopics
  readonly #home: TempDir
  #child: ChildProcess | undefined
  #output = ''

  constructor(home: TempDir, ports: BrokerPorts, ca: string, client: Certificate) {
    this.#home = home
    this.ports = ports
    this.ca = ca
    this.client = client
    this.topics = new KafkaTopics(this.plain)
  }

  get plain(): string {
    return `127.0.0.1:${this.ports.plain}`
  }

  get sasl(): string {
    return `127.0.0.1:${this.ports.sasl}`
  }

  get tls(): string {
    return `127.0.0.1:${this.ports.tls}`
  }

  get mutual(): string {
    return `127.0.0.1:${this.ports.mutual}`
  }

  /** Of the broker itself; undefined: it does not run, or this is not Linux. */
  get pid(): number | undefined {
    const guarded = this.#child?.pid
    if (guarded === undefined || process.platform !== 'linux') return undefined
    const [pid] = readFileSync(`/proc/${guarded}/task/${guarded}/children`, 'utf8').split(' ')
    return Number(pid)
  }

  async start(): Promise<void> {
    const properties = join(this.#home.path, 'server.properties')
    const command = ['java', ...javaArguments, '-cp', classPath, 'kafka.Kafka', properties]
    const child = spawn('sh', ['-c', guard, this.#home.path, ...command], { stdio: ['pipe', 'pipe', 'pipe'] })
    this.#child = child
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => (this.#output += text))
    const ended = once(child, 'exit').then(() => {
      throw new Error(`Kafka ended: ${this.#output}`)
    })
    ended.catch(() => undefined)
    await Promise.race([ended, eventually(() => this.#listens(), { timeoutMs: startMs })])
    // the first group of a broker waits until the topic of positions is made
    await eventually(() => this.topics.hasCoordinator(), { timeoutMs: startMs })
  }

  /** As a power cut does; start it again with the same data. */
  async kill(): Promise<void> {
    await this.topics.close()
    const child = this.#child
    this.#child = undefined
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const exited = once(child, 'exit')
    child.stdin?.end('keep')
    await exited
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill()
    await this.#home[Symbol.asyncDispose]()
  }

  async #listens(): Promise<boolean> {
    const { plain, sasl, tls, mutual } = this.ports
    for (const port of [plain, sasl, tls, mutual]) {
      const socket = connect(port, '127.0.0.1')
      const isOpen = await once(socket, 'connect').then(
        () => true,
        () => false,
      )
      socket.destroy()
      if (!isOpen) return false
    }
    return true
  }
}

/** Starts a broker and waits until it listens: 5 to 10 s. Dispose of it: the process and its files go. */
export async function kafkaBroker({ advertisedPlain }: KafkaBrokerOptions = {}): Promise<KafkaBroker> {
  const home = await tempDir()
  try {
    const [plain = 0, sasl = 0, tls = 0, mutual = 0, controller = 0] = await freePorts(5)
    const ports = { plain, sasl, tls, mutual, controller }
    const [own, client] = [await certificate(home.path, 'broker'), await certificate(home.path, 'client')]
    await writeFile(join(home.path, 'broker.pem'), own.key + own.cert)
    await writeFile(join(home.path, 'client.pem'), client.cert)
    const data = join(home.path, 'log')
    await cp(formattedLog, data, { recursive: true })
    const layout = { ports, data, certificates: home.path, user: kafkaUser }
    const properties = brokerProperties(
      advertisedPlain === undefined ? layout : { ...layout, advertisedPlain },
    )
    await writeFile(join(home.path, 'server.properties'), properties)
    const broker = new KafkaBroker(home, ports, own.cert, client)
    await broker.start()
    return broker
  } catch (error) {
    await home[Symbol.asyncDispose]()
    throw error
  }
}

let shared: Promise<KafkaBroker> | undefined

/** One broker for all tests of this process; it goes with the process. Topics are each test's own. */
export function sharedKafka(): Promise<KafkaBroker> {
  shared ??= kafkaBroker()
  return shared
}

import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { spawnCli, type CliOptions } from './run-cli.ts'
import { tempDir, type TempDir } from './temp-dir.ts'

export interface MillraceOptions extends Omit<CliOptions, 'input'> {
  /** Further arguments of `serve`; they win over those that are set here. */
  readonly args?: readonly string[]
  /** YAML by file name, or one file's text. Written to `manifestsPath`. */
  readonly manifests?: string | Readonly<Record<string, string>>
}

/** The real server as a child process, on free ports, with a store and manifests of its own. */
export class Millrace implements AsyncDisposable {
  readonly storePath: string
  readonly manifestsPath: string
  readonly #home: TempDir
  readonly #options: MillraceOptions
  #child: ChildProcess | undefined
  #stderr = ''
  #ingress = ''
  #admin = ''

  constructor(home: TempDir, options: MillraceOptions) {
    this.#home = home
    this.#options = options
    this.storePath = join(home.path, 'store')
    this.manifestsPath = join(home.path, 'manifests')
  }

  /** Base URL of the ingress port, without a slash at the end. */
  get ingress(): string {
    return this.#ingress
  }

  /** Base URL of the admin port, without a slash at the end. */
  get admin(): string {
    return this.#admin
  }

  /** The server's own process: a `kill -9` of it is one of the server. */
  get pid(): number {
    const pid = this.#child?.pid
    if (pid === undefined) throw new Error('the server does not run')
    return pid
  }

  /** All that was logged, over restarts. */
  get stderr(): string {
    return this.#stderr
  }

  /** Starts it and waits until it is ready; again on the same store and the same ports. */
  async start(): Promise<void> {
    const child = spawnCli(['serve', ...this.#arguments()], this.#options)
    this.#child = child
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.#stderr += text))
    const line = await Promise.race([firstLine(child), ended(child)])
    const [, ingress, admin] = /^ready ingress=(\S+) admin=(\S+)$/.exec(line) ?? []
    if (ingress === undefined || admin === undefined) {
      child.kill('SIGKILL')
      throw new Error(`millrace serve did not start: ${line}\n${this.#stderr}`)
    }
    this.#ingress = ingress
    this.#admin = admin
  }

  /** Writes a manifest; the server sees the change. */
  async write(file: string, yaml: string): Promise<void> {
    const path = join(this.manifestsPath, file)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, yaml)
  }

  signal(signal: NodeJS.Signals): void {
    process.kill(this.pid, signal)
  }

  /** SIGTERM (or another signal), and its exit code. */
  stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    return this.#end(signal)
  }

  /** SIGKILL. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL')
  }

  /** SIGKILL, then the same server again. */
  async restart(): Promise<void> {
    await this.kill()
    await this.start()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill()
    await this.#home[Symbol.asyncDispose]()
  }

  async #end(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.#child
    if (child === undefined) return null
    if (child.exitCode === null && child.signalCode === null) {
      const exited = once(child, 'exit')
      child.kill(signal)
      await exited
    }
    this.#child = undefined
    return child.exitCode
  }

  #arguments(): string[] {
    const listen = ['--listen', host(this.#ingress), '--admin', host(this.#admin)]
    const state = ['--store', `sqlite:${this.storePath}`, '--files', this.manifestsPath]
    return [...listen, ...state, ...(this.#options.args ?? [])]
  }
}

/** Starts a server and waits until it accepts events. Dispose of it: the process and its files go. */
export async function startMillrace(options: MillraceOptions = {}): Promise<Millrace> {
  const millrace = new Millrace(await tempDir(), options)
  await mkdir(millrace.manifestsPath)
  const { manifests = {} } = options
  const files = typeof manifests === 'string' ? { 'manifests.yaml': manifests } : manifests
  for (const [file, yaml] of Object.entries(files)) await millrace.write(file, yaml)
  try {
    await millrace.start()
  } catch (error) {
    await millrace[Symbol.asyncDispose]()
    throw error
  }
  return millrace
}

function host(url: string): string {
  return url === '' ? '127.0.0.1:0' : new URL(url).host
}

async function firstLine(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error('the child has no standard output')
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string]
  return line
}

async function ended(child: ChildProcess): Promise<string> {
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null]
  return `it ended with ${code ?? signal}`
}

import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

/** A server of a test's own as a child process, which says where it listens in its first line. */
export class GoogleProcess implements AsyncDisposable {
  readonly #child: ChildProcess
  /** What it has said on standard error. */
  #said = ''

  constructor(command: string, args: readonly string[]) {
    this.#child = spawn(command, [...args], { stdio: ['ignore', 'pipe', 'pipe'] })
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.#said += text))
  }

  async firstLine(): Promise<string> {
    const { stdout } = this.#child
    if (stdout === null) throw new Error('the child has no standard output')
    const ended = once(this.#child, 'close').then(() => Promise.reject(new Error(`it ended: ${this.#said}`)))
    ended.catch(() => undefined)
    const [line] = await Promise.race([once(createInterface(stdout), 'line'), ended])
    return String(line)
  }

  /** SIGKILL. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const exited = once(this.#child, 'exit')
    this.#child.kill('SIGKILL')
    await exited
  }
}

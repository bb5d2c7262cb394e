import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

/** A child process that answers each line with one line of JSON. */
export class Program implements AsyncDisposable {
  readonly #child: ChildProcess
  readonly #lines: AsyncIterator<string>

  constructor(command: string, args: readonly string[] = []) {
    this.#child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] })
    if (this.#child.stdout === null) throw new Error(`${command} has no standard output`)
    this.#lines = createInterface(this.#child.stdout)[Symbol.asyncIterator]()
  }

  get pid(): number {
    if (this.#child.pid === undefined) throw new Error('the program did not start')
    return this.#child.pid
  }

  async ask<Answer>(line: string): Promise<Answer> {
    this.#child.stdin?.write(`${line}\n`)
    return this.next<Answer>()
  }

  /** The next line that it says. */
  async next<Answer>(): Promise<Answer> {
    const { value, done } = await this.#lines.next()
    if (done === true) throw new Error(`${this.#child.spawnfile} ended`)
    return JSON.parse(value) as Answer
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const exited = once(this.#child, 'exit')
    this.#child.kill('SIGKILL')
    await exited
  }
}

/** A TypeScript file of the bench as a program, by its path below bench/. */
export function nodeProgram(file: string, ...args: readonly string[]): Program {
  const path = new URL(`../${file}`, import.meta.url).pathname
  return new Program(process.execPath, ['--conditions=@millrace/source', path, ...args])
}

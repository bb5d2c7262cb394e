import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { nativeProgram } from './native.ts'
import { nodeProgram, Program } from './program.ts'

export interface Percentiles {
  /** Milliseconds. */
  readonly p50: number
  readonly p99: number
  readonly p999: number
}

/** What a run of the generator came to; the latencies are those of the answers. */
export interface Sent extends Percentiles {
  readonly begun: number
  readonly accepted: number
  readonly refused: number
  readonly failed: number
  readonly ms: number
}

export interface Run {
  readonly port: number
  /** The request's bytes (message.ts). */
  readonly request: Uint8Array
  readonly connections: number
  /** 0: until `count` requests are answered. */
  readonly ms: number
  /** Requests a second; 0: each connection sends when it has its answer. */
  readonly rate: number
  /** 0: until `ms` are over. */
  readonly count: number
}

/** Posts requests, from a process of its own. */
export class Generator implements AsyncDisposable {
  /** C, or node:net where there is no compiler. */
  readonly isNative: boolean
  readonly #program: Program
  readonly #folder: string
  readonly #written = new Map<Uint8Array, string>()

  private constructor(program: Program, isNative: boolean, folder: string) {
    this.#program = program
    this.isNative = isNative
    this.#folder = folder
  }

  static async start(folder: string): Promise<Generator> {
    const native = await nativeProgram('load')
    const program = native === undefined ? nodeProgram('load/node-generator.ts') : new Program(native)
    return new Generator(program, native !== undefined, folder)
  }

  get pid(): number {
    return this.#program.pid
  }

  async run({ port, request, connections, ms, rate, count }: Run): Promise<Sent> {
    const template = await this.#template(request)
    return this.#program.ask<Sent>(`run ${template} ${port} ${connections} ${ms} ${rate} ${count}`)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#program[Symbol.asyncDispose]()
  }

  async #template(request: Uint8Array): Promise<string> {
    let path = this.#written.get(request)
    if (path === undefined) {
      path = join(this.#folder, `request-${this.#written.size}`)
      await writeFile(path, request)
      this.#written.set(request, path)
    }
    return path
  }
}

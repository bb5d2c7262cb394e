import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import type { SqliteStorageOptions } from '../src/index.ts'
import type { ChildCalls } from './store-child.ts'

/** A process of its own that has a store open, so that it can be killed, and given a disk that fails. */
export interface StoreProcess extends ChildCalls, AsyncDisposable {
  readonly pid: number
  /** `kill -9`, and waits until it is gone. */
  kill(): Promise<void>
}

interface Answer {
  readonly id: number
  readonly value?: unknown
  readonly error?: string
}

const names = ['put', 'putOne', 'done', 'waiting', 'unsettled', 'health', 'ping', 'close'] as const

/** @throws with what the child wrote where it could not open the store */
export async function storeProcess(
  options: Pick<SqliteStorageOptions, 'path' | 'reserveBytes' | 'stallMs'>,
  env: Readonly<Record<string, string>> = {},
): Promise<StoreProcess> {
  const child = fork(new URL('./store-child.ts', import.meta.url), [JSON.stringify(options)], {
    execArgv: ['--conditions=@millrace/source'],
    env: { ...process.env, ...env },
    silent: true,
    serialization: 'advanced',
  })
  const waiting = new Map<number, (answer: Answer) => void>()
  child.setMaxListeners(0)
  child.on('message', (answer: Answer) => waiting.get(answer.id)?.(answer))
  await started(child, waiting)
  let last = 0

  function ask(name: string, args: readonly unknown[]): Promise<unknown> {
    const id = (last += 1)
    return new Promise((resolve, reject) => {
      if (!child.connected) reject(new Error('the process is gone'))
      child.once('exit', () => reject(new Error('the process is gone')))
      waiting.set(id, ({ value, error }) => (error === undefined ? resolve(value) : reject(new Error(error))))
      if (child.connected) child.send({ id, name, args }, () => undefined)
    })
  }

  async function kill(): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return
    const gone = once(child, 'exit')
    child.kill('SIGKILL')
    await gone
  }

  const calls = Object.fromEntries(names.map((name) => [name, (...args: unknown[]) => ask(name, args)]))
  const own = { pid: child.pid!, kill, [Symbol.asyncDispose]: kill }
  return Object.assign(calls as unknown as ChildCalls, own)
}

async function started(child: ChildProcess, waiting: Map<number, (answer: Answer) => void>): Promise<void> {
  const written: Buffer[] = []
  child.stderr?.on('data', (bytes: Buffer) => written.push(bytes))
  const ready = new Promise<void>((resolve) => void waiting.set(0, () => resolve()))
  const ended = once(child, 'exit').then(() => {
    throw new Error(Buffer.concat(written).toString())
  })
  await Promise.race([ready, ended])
  ended.catch(() => undefined)
}

import { execFile } from 'node:child_process'
import { access, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { eventually } from './eventually.ts'

/** What befalls the disk: failing or blocking syncs, writes without room, or to a disk that is read-only. */
export type DiskFaultMode = 'none' | 'sync-fails' | 'sync-blocks' | 'disk-full' | 'read-only'

/** A disk that can be made to fail under a child process, by a preloaded library (disk-fault.c). */
export interface DiskFault extends AsyncDisposable {
  /** What the child's environment needs. */
  readonly env: Readonly<Record<string, string>>
  /** From now on, for all calls of all threads. */
  set(mode: DiskFaultMode): Promise<void>
  /** Resolves when a call was struck since the last `set`. */
  struck(): Promise<void>
}

/**
 * @param path the directory whose files are to fail
 * @throws where the library cannot be compiled: look at `diskFaultMissing` first
 */
export async function diskFault(path: string): Promise<DiskFault> {
  const directory = await mkdtemp(join(tmpdir(), 'millrace-disk-fault-'))
  const library = join(directory, 'disk-fault.so')
  const file = join(directory, 'mode')
  const source = fileURLToPath(new URL('./disk-fault.c', import.meta.url))
  await promisify(execFile)('cc', ['-shared', '-fPIC', '-O1', '-o', library, source, '-ldl'])

  async function set(mode: DiskFaultMode): Promise<void> {
    await writeFile(`${file}.next`, mode)
    await rm(`${file}.hit`, { force: true })
    await rename(`${file}.next`, file)
  }

  await set('none')
  return {
    env: { LD_PRELOAD: library, MILLRACE_FAULT_PATH: path, MILLRACE_FAULT_MODE: file },
    set,
    struck: () => eventually(() => access(`${file}.hit`)),
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true }),
  }
}

/**
 * Why disk faults cannot be tested here; undefined where they can. With CI=true it is always undefined,
 * so that there the tests run, and fail for want of a compiler.
 */
export async function diskFaultMissing(): Promise<string | undefined> {
  if (process.env['CI'] === 'true') return undefined
  try {
    await promisify(execFile)('cc', ['--version'])
    return undefined
  } catch {
    return 'there is no C compiler (cc)'
  }
}

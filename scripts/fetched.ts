import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { basename, dirname } from 'node:path'

/** A server that is fetched once and kept for all clones. */
export interface Fetched {
  readonly name: string
  /** Its program, in a folder of its own. */
  readonly command: string
  /** Fills an empty folder, in which the program is then. @throws what went wrong */
  readonly fetch: (into: string, program: string) => void
  /** Which tests need it. */
  readonly tests: string
  /** The program without which it cannot be made; where it is there, it is made on a developer's machine too. */
  readonly builder?: string
}

/** Fetches what is not there, whole or not at all. → why it could not */
export function provide({ command, fetch }: Fetched): string | undefined {
  if (existsSync(command)) return undefined
  const folder = dirname(command)
  mkdirSync(dirname(folder), { recursive: true })
  const part = mkdtempSync(`${folder}.part-`)
  try {
    fetch(part, basename(command))
    renameSync(part, folder)
    return undefined
  } catch (error) {
    // another process was faster, perhaps
    return existsSync(command) ? undefined : String(error)
  } finally {
    rmSync(part, { recursive: true, force: true })
  }
}

/** @throws what it said */
export function run(
  command: string,
  args: readonly string[],
  cwd?: string,
  env?: Readonly<Record<string, string>>,
): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    encoding: 'utf8',
    cwd,
    env: { ...process.env, ...env },
  })
  if (error !== undefined) throw error
  if (status !== 0) throw new Error(`${command} ended with ${status}: ${stderr.trim()}`)
  return stdout
}

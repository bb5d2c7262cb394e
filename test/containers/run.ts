import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

export const root = fileURLToPath(new URL('../..', import.meta.url))

/** What a command said. */
export interface Said {
  readonly stdout: string
  readonly stderr: string
}

/** Runs a command at the root of the repository; rejects with all that it said where it fails. */
export async function run(
  [command, ...args]: readonly [string, ...string[]],
  env: Readonly<Record<string, string>> = {},
): Promise<Said> {
  try {
    return await promisify(execFile)(command, args, {
      cwd: root,
      env: { ...process.env, ...env },
      maxBuffer: 256 * 1024 * 1024,
    })
  } catch (error) {
    const { message, stdout, stderr } = error as Error & Said
    throw new Error(`${message}\n${stdout}\n${stderr}`, { cause: error })
  }
}

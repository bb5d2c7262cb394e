import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { promisify } from 'node:util'
import { cliCommand, type CliOptions } from './run-cli.ts'

/** A command of the command line in a terminal of its own (a pty), as a person would run it. */
export interface TerminalSession extends AsyncDisposable {
  /** All that was shown so far, escape sequences and all. */
  readonly screen: string
  /** As if it were typed: `\x03` is Ctrl-C. */
  type(keys: string): void
  /** The exit code, when it has ended. */
  readonly ended: Promise<number | null>
}

/**
 * Runs the real command line in a terminal of 120 columns, by `script` of util-linux: Node has no pty.
 * @throws where there is no `script`: look at `terminalMissing` first
 */
export function cliInTerminal(
  args: readonly string[],
  options: Omit<CliOptions, 'input'> = {},
): TerminalSession {
  const { command, env } = cliCommand(args, options)
  // both would take the colours away
  const { NO_COLOR: _, CI: __, ...coloured } = env
  const line = `stty cols 120 rows 40; exec ${command.map(quoted).join(' ')}`
  const child = spawn('script', ['-qefc', line, '/dev/null'], {
    cwd: options.cwd,
    env: { ...coloured, TERM: 'xterm-256color', SHELL: '/bin/sh', ...options.env },
    stdio: 'pipe',
  })
  let screen = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (screen += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (screen += text))
  child.stdin.on('error', () => undefined) // it may end while something is typed
  const ended = once(child, 'close').then(([code]) => code as number | null)
  return {
    get screen() {
      return screen
    },
    type(keys) {
      child.stdin.write(keys)
    },
    ended,
    async [Symbol.asyncDispose]() {
      // the terminal goes, and what runs in it with it (SIGHUP)
      child.kill('SIGKILL')
      await ended
    },
  }
}

/**
 * Why nothing can be run in a terminal here; undefined where it can. With CI=true it is always
 * undefined, so that there the tests run, and fail for want of `script`.
 */
export async function terminalMissing(): Promise<string | undefined> {
  if (process.env['CI'] === 'true') return undefined
  try {
    const { stdout } = await promisify(execFile)('script', ['--version'])
    return stdout.includes('util-linux') ? undefined : 'the command script is not that of util-linux'
  } catch {
    return 'there is no command script (util-linux, bsdutils)'
  }
}

/** A word for sh. */
function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`
}

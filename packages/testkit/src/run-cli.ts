import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** The launcher, as users run it. It becomes the server: killing its process kills the server. */
const ownLauncher = fileURLToPath(new URL('../../cli/bin/millrace.js', import.meta.url))
/** What was compiled once is read by the next process: half of a short command's time. */
const compileCache = fileURLToPath(new URL('../../../node_modules/.cache/millrace', import.meta.url))

export interface CliOptions {
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly cwd?: string
  /** What it reads from standard input; nothing when left out. */
  readonly input?: string
  /** Another `millrace.js` than that of this repository. */
  readonly launcher?: string
  /** Runs before the command, such as `['prlimit', '--nofile=64']`. */
  readonly prefix?: readonly string[]
}

export interface CliResult {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** The words that run it, and the environment without `MILLRACE_…` and colour. */
export function cliCommand(
  args: readonly string[],
  { prefix = [], launcher = ownLauncher }: Pick<CliOptions, 'prefix' | 'launcher'> = {},
): { readonly command: readonly string[]; readonly env: NodeJS.ProcessEnv } {
  return { command: [...prefix, process.execPath, launcher, ...args], env: cleanEnv() }
}

/** Starts the real command line as a child process; `MILLRACE_…` variables of the caller are not passed on. */
export function spawnCli(args: readonly string[], options: CliOptions = {}): ChildProcess {
  const { command, env } = cliCommand(args, options)
  const [file = '', ...rest] = command
  const child = spawn(file, rest, { cwd: options.cwd, env: { ...env, ...options.env }, stdio: 'pipe' })
  child.stdin?.on('error', () => undefined) // it may end without reading
  child.stdin?.end(options.input ?? '')
  return child
}

/** Runs a command of the command line to its end. */
export async function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  const child = spawnCli(args, options)
  const output = { stdout: '', stderr: '' }
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream]?.setEncoding('utf8').on('data', (text: string) => (output[stream] += text))
  }
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, ...output }
}

function cleanEnv(): NodeJS.ProcessEnv {
  const passed = Object.entries(process.env).filter(
    ([name]) => !/^(MILLRACE_|NODE_OPTIONS$|FORCE_COLOR$)/.test(name),
  )
  return { ...Object.fromEntries(passed), NO_COLOR: '1', NODE_COMPILE_CACHE: compileCache }
}

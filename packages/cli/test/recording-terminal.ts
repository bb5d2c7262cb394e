import { commands } from '../src/commands/index.ts'
import { runCommand } from '../src/run-command.ts'
import type { Terminal } from '../src/terminal.ts'

/** A terminal that keeps what is printed. */
export interface RecordingTerminal extends Terminal {
  readonly printed: string[]
  readonly noted: string[]
}

export function recordingTerminal(env: Readonly<Record<string, string>> = {}, input = ''): RecordingTerminal {
  const printed: string[] = []
  const noted: string[] = []
  return {
    isLive: false,
    env,
    printed,
    noted,
    print: (line) => printed.push(line),
    drained: async () => undefined,
    note: (line) => noted.push(line),
    progress: () => undefined,
    readInput: async () => input,
    style: (_, line) => line,
  }
}

/** Runs a command in this process, as the launcher would. */
export async function runHere(
  args: readonly string[],
  options: { readonly env?: Readonly<Record<string, string>>; readonly input?: string } = {},
) {
  const terminal = recordingTerminal(options.env, options.input)
  const code = await runCommand(args, commands, terminal)
  return { code, stdout: lines(terminal.printed), stderr: lines(terminal.noted) }
}

function lines(texts: readonly string[]): string {
  return texts.map((text) => `${text}\n`).join('')
}

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
    env,
    printed,
    noted,
    print: (line) => printed.push(line),
    note: (line) => noted.push(line),
    progress: () => undefined,
    readInput: async () => input,
    style: (_, line) => line,
  }
}

import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { styleText } from 'node:util'

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan'

/** Where a command runs: all that it may know of its process. */
export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Somebody sees what `progress` writes. */
  readonly isLive: boolean
  /** A line on standard output. */
  print(line: string): void
  /** Waits until what was printed is taken, for output without end; or until the signal aborts. */
  drained(signal: AbortSignal): Promise<void>
  /** A line on standard error. */
  note(line: string): void
  /** Rewrites one line on standard error, where that is a terminal. */
  progress(line: string): void
  /** All of standard input. */
  readInput(): Promise<string>
  /** Plain where standard output is no terminal, or NO_COLOR is set. */
  style(style: Style, line: string): string
}

/** The terminal of this process. */
export function processTerminal(): Terminal {
  const { stdin, stdout, stderr, env } = process
  // `millrace get … | head` closes the pipe early; that is no error of ours.
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    process.exit()
  })
  let live = false
  function endProgress() {
    if (live) stderr.write('\n')
    live = false
  }
  return {
    env,
    isLive: stderr.isTTY,
    print(line) {
      endProgress()
      stdout.write(`${line}\n`)
    },
    async drained(signal) {
      if (stdout.writableNeedDrain) await once(stdout, 'drain', { signal }).catch(() => undefined)
    },
    note(line) {
      endProgress()
      stderr.write(`${line}\n`)
    },
    progress(line) {
      if (!stderr.isTTY) return
      stderr.write(`\r\x1b[K${line}`)
      live = true
    },
    readInput: () => text(stdin),
    style: (style, line) => styleText(style, line, { stream: stdout }),
  }
}

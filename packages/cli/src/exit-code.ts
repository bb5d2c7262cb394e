/** What the process says with its exit code. */
export const exitCode = {
  /** Done, or a match. */
  done: 0,
  /** Failed, or no match. */
  failed: 1,
  /** The command line is wrong. */
  usage: 2,
  /** A manifest is wrong or missing. */
  manifest: 3,
} as const

export type ExitCode = (typeof exitCode)[keyof typeof exitCode]

/** Ends a command with a sentence for the user, without a stack. */
export class CommandError extends Error {
  readonly exitCode: ExitCode

  constructor(message: string, code: ExitCode = exitCode.failed, options?: ErrorOptions) {
    super(message, options)
    this.exitCode = code
  }
}

/** The command line itself is wrong: exit 2. */
export function usageError(message: string): CommandError {
  return new CommandError(message, exitCode.usage)
}

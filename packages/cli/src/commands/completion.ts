import { defineCommand } from '../command.ts'
import type { Command } from '../command.ts'
import { bashCompletion } from '../completion/bash.ts'
import { completables } from '../completion/completable.ts'
import { fishCompletion } from '../completion/fish.ts'
import { zshCompletion } from '../completion/zsh.ts'
import { exitCode, usageError } from '../exit-code.ts'
import { choice } from '../option-values.ts'

const scripts = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion } as const
const shells = ['bash', 'zsh', 'fish'] as const

/** @param others the commands to complete beside itself */
export function completionOf(others: readonly Command[]): Command {
  const completion = defineCommand({
    name: 'completion',
    summary: 'Print a script that completes commands and flags in a shell',
    words: 'bash|zsh|fish',
    maxWords: 1,
    firstWord: shells,
    example: [
      'source <(millrace completion bash)    # in ~/.bashrc',
      'source <(millrace completion zsh)     # in ~/.zshrc, after compinit',
      'millrace completion fish > ~/.config/fish/completions/millrace.fish',
    ].join('\n'),
    options: {},
    async run({ words }, terminal) {
      const [shell] = words
      if (shell === undefined) throw usageError('millrace completion: which shell? bash, zsh or fish')
      const script = scripts[choice('the shell', shell, shells)]
      terminal.print(script(completables([...others, completion])))
      return exitCode.done
    },
  })
  return completion
}

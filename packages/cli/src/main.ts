import { commands } from './commands/index.ts'
import { followLauncher } from './follow-launcher.ts'
import { runCommand } from './run-command.ts'
import { processTerminal } from './terminal.ts'

followLauncher()
process.exitCode = await runCommand(process.argv.slice(2), commands, processTerminal())

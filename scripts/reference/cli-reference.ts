import type { Option } from '../../packages/cli/src/command-spec.ts'
import type { Command } from '../../packages/cli/src/command.ts'
import { commands } from '../../packages/cli/src/commands/index.ts'
import { configOptions } from '../../packages/cli/src/server-config.ts'
import { markdownTable } from './markdown-table.ts'

const head = `# The command line

<!-- Written by \`npm run reference\` from the commands themselves; a test holds it to them. -->

\`millrace COMMAND --help\` shows the same. Each flag is also an environment variable: \`--max-in-flight\` is \`MILLRACE_MAX_IN_FLIGHT\`. Commands find the server by \`--server URL\` (\`MILLRACE_SERVER\`), default \`http://127.0.0.1:8081\`, and send \`MILLRACE_ADMIN_TOKEN\` where it is set. \`-o json\` prints one JSON object a line.

| exit code | means |
| - | - |
| 0 | done, or a match |
| 1 | failed, or no match; for \`serve\` a taken port |
| 2 | usage: an unknown command or flag, a value that is none |
| 3 | manifests that do not stand |
`

/** docs/reference/cli.md: each command with its flags. */
export function cliReference(): string {
  return [head, ...commands.map(section)].join('\n')
}

function section(command: Command): string {
  const words = command.words === undefined ? '' : ` ${command.words}`
  const isServer = 'store-reserve' in command.options && 'listen' in command.options
  const own = Object.entries(command.options).filter(([name]) => !(isServer && name in configOptions))
  const rest = isServer ? 'The flags of a server are in [settings](settings.md).\n' : ''
  return [
    `## millrace ${command.name}`,
    '',
    `${command.summary}.`,
    '',
    '```sh',
    ...command.example.split('\n'),
    '```',
    '',
    `\`millrace ${command.name}${words}\``,
    '',
    ...(own.length === 0 ? [] : [markdownTable(['flag', 'meaning'], own.map(row)), '']),
    rest,
  ].join('\n')
}

function row([name, option]: [string, Option]): string[] {
  return [flag(name, option), meaning(option)]
}

export function flag(name: string, { short, type, value = 'VALUE' }: Option): string {
  const shortly = short === undefined ? '' : `\`-${short}\`, `
  return `${shortly}\`--${name}${type === 'boolean' ? '' : ` ${value}`}\``
}

export function meaning({ help, default: usual, multiple }: Option): string {
  const facts = [
    ...(usual === undefined ? [] : [`default \`${usual}\``]),
    ...(multiple === true ? ['may be repeated'] : []),
  ]
  return facts.length === 0 ? help : `${help} (${facts.join('; ')})`
}

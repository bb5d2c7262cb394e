import { groupsOf, type CompletableCommand } from './completable.ts'

export function fishCompletion(commands: readonly CompletableCommand[]): string {
  const groups = groupsOf(commands)
  const lines = [
    ...commands.flatMap(({ words, summary }) => {
      const [first = '', second] = words
      return second === undefined
        ? [offer('__millrace_after', first, summary)]
        : [offer(`__millrace_after ${first}`, second, summary)]
    }),
    ...[...groups].map(([group, members]) =>
      offer('__millrace_after', group, members.map(({ words: [, one] }) => one).join(', ')),
    ),
    ...commands.flatMap(ofCommand),
  ]
  return `# millrace completion for fish
function __millrace_after
    set -l tokens (commandline -opc)
    set -e tokens[1]
    test "$tokens" = "$argv"
end
function __millrace_in
    set -l tokens (commandline -opc)
    set -e tokens[1]
    test (count $tokens) -ge (count $argv); and test "$tokens[1..$(count $argv)]" = "$argv"
end
complete -c millrace -f
${lines.join('\n')}`
}

function ofCommand({ words, flags, first }: CompletableCommand): string[] {
  const inside = `complete -c millrace -n '__millrace_in ${words.join(' ')}'`
  const choices = first === 'file' ? ['-F'] : first === 'any' ? [] : [`-a '${first.join(' ')}'`]
  return [
    ...flags.map(({ names, help, value }) => {
      const spelled = names.map((name) =>
        name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`,
      )
      return `${inside} ${spelled.join(' ')}${argument(value)} -d '${quoted(help)}'`
    }),
    ...choices.map((choice) => `${inside} ${choice}`),
  ]
}

function argument(value: 'none' | 'any' | 'file' | readonly string[]): string {
  if (value === 'none') return ''
  if (value === 'file') return ' -r -F'
  return typeof value === 'string' ? ' -x' : ` -x -a '${value.join(' ')}'`
}

function offer(condition: string, word: string, summary: string): string {
  return `complete -c millrace -n '${condition}' -a ${word} -d '${quoted(summary)}'`
}

function quoted(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll("'", `\\'`)
}

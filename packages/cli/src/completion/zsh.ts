import { groupsOf, type CompletableCommand, type CompletableFlag } from './completable.ts'

export function zshCompletion(commands: readonly CompletableCommand[]): string {
  const groups = groupsOf(commands)
  const singles = commands.filter(({ words }) => words.length === 1)
  const tops = [
    ...singles.map(({ words: [word = ''], summary }) => described(word, summary)),
    ...[...groups].map(([group, members]) =>
      described(group, members.map(({ words: [, one] }) => one).join(', ')),
    ),
  ]
  return `#compdef millrace
# millrace completion for zsh: source <(millrace completion zsh), after compinit
_millrace() {
  local -a known
  if ((CURRENT == 2)); then
    known=(${tops.join(' ')})
    _describe command known
    return
  fi
  local command=$words[2]
  case $command in
${[...groups].map(([group, members]) => groupCase(group, members)).join('\n')}
  esac
  shift words
  ((CURRENT -= 1))
  case $command in
${commands.map(commandCase).join('\n')}
  esac
}
if [[ $funcstack[1] == _millrace ]]; then
  _millrace "$@"
else
  compdef _millrace millrace
fi`
}

function groupCase(group: string, members: readonly CompletableCommand[]): string {
  const seconds = members.map(({ words: [, word = ''], summary }) => described(word, summary))
  return `    ${group})
      if ((CURRENT == 3)); then
        known=(${seconds.join(' ')})
        _describe command known
        return
      fi
      command="${group} $words[3]"
      shift words
      ((CURRENT -= 1))
      ;;`
}

function commandCase({ words, flags, first }: CompletableCommand): string {
  const specs = [...flags.map(flagSpec), `'*:word:${action(first)}'`]
  return `    '${words.join(' ')}')\n      _arguments -S ${specs.join(' \\\n        ')}\n      ;;`
}

function flagSpec({ names, help, value }: CompletableFlag): string {
  const spelled = names.length > 1 ? `{${names.join(',')}}` : names.join('')
  const argument = value === 'none' ? '' : `:value:${action(value)}`
  return `'*'${spelled}'[${quoted(help.replaceAll(/[[\]]/g, ''))}]${argument}'`
}

function action(value: 'none' | 'any' | 'file' | readonly string[]): string {
  if (value === 'file') return '_files'
  return typeof value === 'string' ? ' ' : `(${value.join(' ')})`
}

function described(word: string, summary: string): string {
  return `'${word}:${quoted(summary.replaceAll(':', '\\:'))}'`
}

function quoted(text: string): string {
  return text.replaceAll("'", `'\\''`)
}

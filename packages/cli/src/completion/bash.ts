import { groupsOf, type CompletableCommand } from './completable.ts'

/** Needs nothing but bash itself. */
export function bashCompletion(commands: readonly CompletableCommand[]): string {
  const groups = groupsOf(commands)
  const firsts = new Set(commands.map(({ words: [first = ''] }) => first))
  return `# millrace completion for bash: source <(millrace completion bash)
_millrace() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD - 1]}
  local command=\${COMP_WORDS[1]} at=2 words='' flags='' value=''
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    COMPREPLY=($(compgen -W '${[...firsts, '--help', '--version'].join(' ')}' -- "$current"))
    return
  fi
  case $command in
${[...groups].map(([group, members]) => groupCase(group, members)).join('\n')}
  esac
  case $command in
${commands.map(commandCase).join('\n')}
  esac
  if [[ $value == file || ($words == file && $current != -* && -z $value) ]]; then
    COMPREPLY=($(compgen -f -- "$current"))
  elif [[ $value == any ]]; then
    return
  elif [[ -n $value ]]; then
    COMPREPLY=($(compgen -W "$value" -- "$current"))
  elif [[ $current == -* ]]; then
    COMPREPLY=($(compgen -W "$flags" -- "$current"))
  elif ((COMP_CWORD == at)); then
    COMPREPLY=($(compgen -W "$words" -- "$current"))
  fi
}
complete -o filenames -F _millrace millrace`
}

function groupCase(group: string, members: readonly CompletableCommand[]): string {
  const seconds = members.map(({ words: [, second = ''] }) => second)
  return `    ${group})
      if ((COMP_CWORD == 2)); then
        COMPREPLY=($(compgen -W '${seconds.join(' ')}' -- "$current"))
        return
      fi
      command="${group} \${COMP_WORDS[2]}" at=3
      ;;`
}

function commandCase({ words, flags, first }: CompletableCommand): string {
  const values = flags.flatMap(({ names, value }) =>
    value === 'none' ? [] : [`        ${names.join(' | ')}) value='${listed(value)}' ;;`],
  )
  const after = values.length === 0 ? '' : `\n      case $previous in\n${values.join('\n')}\n      esac`
  return `    '${words.join(' ')}')
      flags='${flags.flatMap(({ names }) => names).join(' ')}' words='${first === 'any' ? '' : listed(first)}'${after}
      ;;`
}

function listed(value: string | readonly string[]): string {
  return typeof value === 'string' ? value : value.join(' ')
}

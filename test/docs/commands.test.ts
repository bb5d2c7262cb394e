import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseCommandLine } from '../../packages/cli/src/command-line.ts'
import { commands } from '../../packages/cli/src/commands/index.ts'
import { pages, root } from './pages.ts'

const fence = /^```(?:sh|console)\n([^]*?)^```$/gm
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>
}

/** The commands of a page, each as its words; output of commands (in `console`, without `$`) is passed over. */
function commandsOf(page: string): string[][] {
  const text = readFileSync(join(root, page), 'utf8')
  return [...text.matchAll(fence)].flatMap(([block, body = '']) =>
    body
      .replaceAll('\\\n', ' ')
      .split('\n')
      .filter((line) => block.startsWith('```sh') || line.startsWith('$ '))
      .flatMap((line) => simpleCommands(line.replace(/^\$ /, ''))),
  )
}

/** A line of a shell as simple commands: quotes are taken off, what stands behind `|`, `&&` and `;` is one of its own. */
function simpleCommands(line: string): string[][] {
  const words =
    line.match(/'[^']*'|"[^"]*"|[|&;]+|#.*$|>+|[^\s'"|&;>]+(?:'[^']*'|"[^"]*"|[^\s'"|&;>])*/g) ?? []
  const all: string[][] = [[]]
  let skip = false
  for (const word of words) {
    if (word.startsWith('#')) break
    if (/^[|&;]+$/.test(word)) all.push([])
    else if (/^>+$/.test(word)) skip = true
    else if (skip) skip = false
    else all.at(-1)?.push(word.replaceAll(/^(['"])([^]*)\1$/g, '$2'))
  }
  return all.filter((each) => each.length > 0)
}

/** What follows `millrace`, of a command that runs it. */
function millraceOf(words: readonly string[]): string[] | undefined {
  const rest = words.filter((word, at) => !(/^[A-Z_]+=/.test(word) && at === 0))
  if (rest[0] === 'npx') rest.shift()
  return rest[0] === 'millrace' ? rest.slice(1) : undefined
}

describe.each(pages())('%s', (page) => {
  test('every command of ours in it has the name, the flags and the words that it takes', async () => {
    for (const words of commandsOf(page).map(millraceOf)) {
      if (words === undefined || words[0] === undefined || words[0].startsWith('-')) continue
      if (words[0] === 'COMMAND') continue
      const command = commands.find(({ name }) => `${words.join(' ')} `.startsWith(`${name} `))
      if (command === undefined) throw new Error(`there is no command "millrace ${words.join(' ')}"`)
      const args = words.slice(command.name.split(' ').length)
      await expect(parseCommandLine(command, args, {})).resolves.toBeDefined()
    }
  })

  test('every script of npm that it runs is there', () => {
    const named = commandsOf(page).flatMap(([npm, run, name]) =>
      npm === 'npm' && run === 'run' ? [name] : [],
    )
    expect(named.filter((name) => name !== undefined && scripts[name] === undefined)).toEqual([])
  })
})

import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { cliInTerminal, runCli, tempDir, terminalMissing } from '@millrace/testkit'
import { beforeAll, describe, expect, test } from 'vitest'

const run = promisify(execFile)

/** What a line is completed to, by the shell itself. */
const completers = {
  bash: `source "$1"; COMP_WORDS=($2); [[ $2 == *' ' ]] && COMP_WORDS+=(''); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
    _millrace; printf '%s\\n' "\${COMPREPLY[@]}"`,
  fish: 'source $argv[1]; complete -C $argv[2]',
} as const

for (const shell of ['bash', 'fish'] as const) {
  const missing = await isMissing(shell)
  if (missing) process.stderr.write(`NOT TESTED: completion in ${shell}, which is not there\n`)

  describe.skipIf(missing)(`in ${shell}`, () => {
    let script = ''
    beforeAll(async () => {
      script = (await runCli(['completion', shell])).stdout
    })

    test.each([
      ['millrace ', ['dev', 'serve', 'tail', 'dlq', 'completion']],
      ['millrace val', ['validate']],
      ['millrace dlq ', ['ls', 'show', 'redrive', 'drop']],
      ['millrace serve --sto', ['--store']],
      ['millrace dlq redrive --tr', ['--trigger']],
      ['millrace get tri', ['triggers']],
      ['millrace get triggers -o ', ['json', 'wide', 'yaml']],
      ['millrace completion ', ['bash', 'zsh', 'fish']],
    ])('%j is completed to %j', async (line, expected) => {
      const offered = await complete(shell, script, line)
      expect(offered).toEqual(expect.arrayContaining(expected))
      const last = line.split(' ').at(-1) ?? ''
      expect(offered.filter((word) => !word.startsWith(last))).toEqual([])
    })
  })
}

test('the script for zsh names every command and its flags', async () => {
  const { code, stdout } = await runCli(['completion', 'zsh'])
  expect(stdout).toMatch(/^#compdef millrace\n/)
  expect(stdout).toContain("'tail:Show what happens to events, live'")
  expect(stdout).toMatch(/'tail'\)\n +_arguments .*\n[^]*--why/)
  expect(code).toBe(0)
  if (!(await isMissing('zsh'))) await run('zsh', ['-n', '-c', stdout])
})

test('another shell is a usage error that names the three', async () => {
  const { code, stderr } = await runCli(['completion', 'tcsh'])
  expect(stderr).toContain('bash, zsh, fish')
  expect(code).toBe(2)
})

test.each([
  [['serv'], 'did you mean millrace serve?'],
  [['tial'], 'did you mean millrace tail?'],
  [['dlq', 'redirve'], 'did you mean millrace dlq redrive?'],
  [['serve', '--stroe', 'x'], 'did you mean --store?'],
])('%j is exit 2 and names the nearest', async (args, hint) => {
  const { code, stdout, stderr } = await runCli(args)
  expect(stderr).toContain(hint)
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
})

test.skipIf((await terminalMissing()) !== undefined)(
  'version and completion print the same in a terminal',
  async () => {
    for (const args of [['version'], ['--version'], ['completion', 'bash']]) {
      await using shown = cliInTerminal(args)
      expect(await shown.ended).toBe(0)
      const { stdout } = await runCli(args)
      expect(shown.screen.replaceAll('\r\n', '\n')).toBe(stdout)
    }
  },
)

async function complete(shell: keyof typeof completers, script: string, line: string): Promise<string[]> {
  await using folder = await tempDir()
  const file = join(folder.path, 'completion')
  await writeFile(file, script)
  const own = shell === 'bash' ? ['bash'] : []
  const { stdout } = await run(shell, ['-c', completers[shell], ...own, file, line], { cwd: folder.path })
  const offers = stdout.split('\n').map((offer) => offer.replace(/\t.*/, ''))
  return offers.filter((offer) => offer !== '')
}

async function isMissing(shell: string): Promise<boolean> {
  return run(shell, ['--version']).then(
    () => false,
    () => true,
  )
}

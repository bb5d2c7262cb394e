import { expect, test } from 'vitest'
import { commands } from '../src/commands/index.ts'
import { runCommand } from '../src/run-command.ts'
import { recordingTerminal } from './recording-terminal.ts'

async function run(...args: string[]) {
  const terminal = recordingTerminal()
  const code = await runCommand(args, commands, terminal)
  return { code, printed: terminal.printed.join('\n'), noted: terminal.noted.join('\n') }
}

test.each([['version'], ['--version']])('%s prints the version first', async (word) => {
  const { code, printed } = await run(word)
  expect(printed).toMatch(/^millrace \d+\.\d+\.\d+\n/)
  expect(code).toBe(0)
})

test.each([
  [['serv'], 'did you mean millrace serve?'],
  [['tirggers'], 'see millrace --help'],
  [['dlq', 'redriv'], 'did you mean millrace dlq redrive?'],
  [['--server', 'x'], 'the command comes first'],
])('%j is a usage error: %s', async (args, hint) => {
  const { code, noted } = await run(...args)
  expect(noted).toContain(hint)
  expect(code).toBe(2)
})

test('no command shows what there is, and is a usage error', async () => {
  const { code, noted } = await run()
  expect(noted).toContain('Usage:')
  expect(code).toBe(2)
})

test.each(commands.map(({ name }) => name))(
  'millrace %s --help shows its flags and an example',
  async (name) => {
    const { code, printed } = await run(...name.split(' '), '--help')
    expect(printed).toContain(`Usage: millrace ${name}`)
    expect(printed).toMatch(/Example:\n {2}\S/)
    expect(printed).toContain(`millrace ${name}`)
    expect(code).toBe(0)
  },
)

test('a group shows its commands', async () => {
  const { code, printed } = await run('dlq')
  expect(printed).toContain('dlq redrive')
  expect(printed).not.toContain('validate')
  expect(code).toBe(0)
})

import { expect, test } from 'vitest'
import { commands } from '../src/commands/index.ts'
import { runHere } from './recording-terminal.ts'

test.each([['version'], ['--version']])('%s prints the version first', async (word) => {
  const { code, stdout } = await runHere([word])
  expect(stdout).toMatch(/^millrace \d+\.\d+\.\d+\n/)
  expect(code).toBe(0)
})

test.each([
  [['serv'], 'did you mean millrace serve?'],
  [['tirggers'], 'did you mean millrace get triggers?'],
  [['xyzzy'], 'see millrace --help'],
  [['dlq', 'redriv'], 'did you mean millrace dlq redrive?'],
  [['--server', 'x'], 'the command comes first'],
])('%j is a usage error: %s', async (args, hint) => {
  const { code, stderr } = await runHere(args)
  expect(stderr).toContain(hint)
  expect(code).toBe(2)
})

test('no command shows what there is, and is a usage error', async () => {
  const { code, stderr } = await runHere([])
  expect(stderr).toContain('Usage:')
  expect(code).toBe(2)
})

test.each(commands.map(({ name }) => name))(
  'millrace %s --help shows its flags and an example',
  async (name) => {
    const { code, stdout } = await runHere([...name.split(' '), '--help'])
    expect(stdout).toContain(`Usage: millrace ${name}`)
    expect(stdout).toMatch(/Example:\n {2}\S/)
    expect(stdout).toContain(`millrace ${name}`)
    expect(code).toBe(0)
  },
)

test('a group shows its commands', async () => {
  const { code, stdout } = await runHere(['dlq'])
  expect(stdout).toContain('dlq redrive')
  expect(stdout).not.toContain('validate')
  expect(code).toBe(0)
})

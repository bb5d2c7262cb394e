import { expect, test } from 'vitest'
import { environmentName, parseCommandLine } from '../src/command-line.ts'
import { CommandError } from '../src/exit-code.ts'

const command = {
  name: 'sample',
  maxWords: 1,
  options: {
    listen: { type: 'string', default: 'here', help: '' },
    'max-in-flight': { type: 'string', help: '' },
    files: { type: 'string', short: 'f', multiple: true, separator: ':', help: '' },
    strict: { type: 'boolean', help: '' },
  },
} as const

test('a flag wins over the environment, which wins over the default', async () => {
  const env = { MILLRACE_LISTEN: 'there' }
  expect((await parseCommandLine(command, [], {})).flags.listen).toBe('here')
  expect((await parseCommandLine(command, [], env)).flags.listen).toBe('there')
  expect((await parseCommandLine(command, ['--listen', 'elsewhere'], env)).flags.listen).toBe('elsewhere')
})

test('an empty variable counts as none', async () => {
  expect((await parseCommandLine(command, [], { MILLRACE_LISTEN: '' })).flags.listen).toBe('here')
})

test('the name in the environment has capitals and underscores', () => {
  expect(environmentName('max-in-flight')).toBe('MILLRACE_MAX_IN_FLIGHT')
})

test('files are separated by colons in the environment and repeated on the command line', async () => {
  expect((await parseCommandLine(command, [], { MILLRACE_FILES: 'a:b' })).flags.files).toEqual(['a', 'b'])
  expect((await parseCommandLine(command, ['-f', 'a', '-f', '-'], {})).flags.files).toEqual(['a', '-'])
})

test('a switch in the environment is true or false, and nothing else', async () => {
  expect((await parseCommandLine(command, [], { MILLRACE_STRICT: '1' })).flags.strict).toBe(true)
  expect((await parseCommandLine(command, ['--strict'], { MILLRACE_STRICT: 'false' })).flags.strict).toBe(
    true,
  )
  await expect(parseCommandLine(command, [], { MILLRACE_STRICT: 'maybe' })).rejects.toThrow(
    'MILLRACE_STRICT is "maybe"',
  )
})

test('a mistyped flag names the nearest and exits with 2', async () => {
  const error: unknown = await parseCommandLine(command, ['--max-inflight', '3'], {}).catch(
    (cause: unknown) => cause,
  )
  expect(error).toBeInstanceOf(CommandError)
  expect(error).toMatchObject({
    exitCode: 2,
    message: expect.stringContaining('did you mean --max-in-flight?'),
  })
})

test('a word too many is an error', async () => {
  await expect(parseCommandLine(command, ['one', 'two'], {})).rejects.toThrow('unexpected "two"')
})

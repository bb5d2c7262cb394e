import { expect, test } from 'vitest'
import { completeConfig, SettingError } from '../src/complete-config.ts'
import { defaultConfig } from '../src/config.ts'

test('what is left out, or undefined, is as the command line has it', () => {
  expect(completeConfig({ store: 'memory:', files: undefined })).toEqual({
    ...defaultConfig,
    store: 'memory:',
  })
})

test.each([
  [{ file: ['a.yaml'] }, 'there is no setting "file" of a server; did you mean files?'],
  [{ listen: '127.0.0.1:0' }, 'listen is "127.0.0.1:0"; it is { host, port }'],
  [{ admin: { port: 0 } }, 'admin is {"port":0}; it is { host, port }'],
  [{ admin: { host: '127.0.0.1', port: 70_000 } }, 'it is { host, port }'],
  [{ files: 'manifests/' }, 'files is "manifests/"; it is a list of texts'],
  [{ drainMs: '8s' }, 'drainMs is "8s"; it is a whole number from 0'],
  [{ logLevel: 'loud' }, 'logLevel is "loud"; it is debug, info, warn, error, silent'],
  [{ redisSync: 1 }, 'redisSync is 1; it is true or false'],
  [{ env: null }, 'env is null; it is an object'],
])('%o is refused with its name and what is right', (given, message) => {
  expect(() => completeConfig(given as object)).toThrow(SettingError)
  expect(() => completeConfig(given as object)).toThrow(message)
})

import { expect, test } from 'vitest'
import { isLoopback, OpenAdminError, requireTokenBeyondLoopback } from '../../src/control/admin-address.ts'

test.each(['127.0.0.1', '127.1.2.3', '::1', '[::1]', 'localhost', 'LOCALHOST'])('%s is loopback', (host) => {
  expect(isLoopback(host)).toBe(true)
  expect(() => requireTokenBeyondLoopback(host, undefined)).not.toThrow()
})

test.each([
  '0.0.0.0',
  '::',
  '10.0.0.1',
  '128.0.0.1',
  '',
  'example.com',
  'localhost.example.com',
  '::ffff:10.0.0.1',
])('%j is not, and refuses to start without a token', (host) => {
  expect(isLoopback(host)).toBe(false)
  expect(() => requireTokenBeyondLoopback(host, undefined)).toThrow(OpenAdminError)
  expect(() => requireTokenBeyondLoopback(host, '')).toThrow(/MILLRACE_ADMIN_TOKEN/)
  expect(() => requireTokenBeyondLoopback(host, 'secret')).not.toThrow()
})

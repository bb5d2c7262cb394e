import { describe, expect, it } from 'vitest'
import { formatFinding } from '../src/index.ts'
import type { Finding } from '../src/index.ts'

const finding: Finding = {
  severity: 'error',
  file: 'a/b.yaml',
  line: 7,
  name: 'orders',
  path: 'spec.delivery.retry',
  message: 'is -1, must be at least 0',
}

describe('formatFinding', () => {
  it('prints FILE:LINE: NAME: PATH: message', () => {
    expect(formatFinding(finding)).toBe('a/b.yaml:7: orders: spec.delivery.retry: is -1, must be at least 0')
  })

  it.each(['warning', 'notice'] as const)('begins a %s with the word', (severity) => {
    expect(formatFinding({ ...finding, severity })).toBe(
      `${severity} a/b.yaml:7: orders: spec.delivery.retry: is -1, must be at least 0`,
    )
  })

  it('leaves out what is not known', () => {
    expect(formatFinding({ ...finding, line: 0, name: '', path: '' })).toBe(
      'a/b.yaml: is -1, must be at least 0',
    )
  })

  it('is one line without terminal escapes whatever a manifest holds', () => {
    expect(formatFinding({ ...finding, name: 'a\nb\u001b[31m' })).toBe(
      'a/b.yaml:7: a\\u000ab\\u001b[31m: spec.delivery.retry: is -1, must be at least 0',
    )
  })
})

import { describe, expect, it } from 'vitest'
import { formatFinding } from '../../src/index.ts'
import { broker, compileText, documents } from '../read-text.ts'

const guarded = broker('b').replace('name: b', 'name: b, annotations: {millrace.dev/ingress-token: s/token}')

function secret(data: object, name = 's', namespace = 'default'): string {
  return JSON.stringify({ apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace }, stringData: data })
}

async function tokensOf(...texts: readonly string[]) {
  const { topology, findings } = await compileText(documents(...texts))
  return {
    tokens: topology.addressables.get('/default/b')?.tokens,
    warnings: findings.map(formatFinding),
  }
}

describe('the tokens of a Broker', () => {
  it('are none without the annotation: anybody may send', async () => {
    expect(await tokensOf(broker('b'))).toEqual({ tokens: undefined, warnings: [] })
  })

  it('are the lines of the value that are not empty', async () => {
    const value = 'one\n\n  two \r\nthree\n'
    expect(await tokensOf(guarded, secret({ token: value }))).toEqual({
      tokens: ['one', 'two', 'three'],
      warnings: [],
    })
  })

  it.each([
    ['the Secret is missing', [], 'secrets "s" not found, declare it in namespace default'],
    [
      'it is in another namespace',
      [secret({ token: 'x' }, 's', 'other')],
      'secrets "s" not found, declare it',
    ],
    ['it has nearly that name', [secret({ token: 'x' }, 'ss')], 'secrets "s" not found, did you mean "ss"?'],
    ['the key is missing', [secret({ other: 'x' })], 'secrets "s" has no key "token", add it'],
    ['the key has nearly that name', [secret({ tokn: 'x' })], 'has no key "token", did you mean "tokn"?'],
    ['the value is empty', [secret({ token: ' \n' })], 'key "token" of secrets "s" is empty'],
  ])('are an empty list while %s: nobody can send', async (_what, secrets, message) => {
    const { tokens, warnings } = await tokensOf(guarded, ...secrets)
    expect(tokens).toEqual([])
    expect(warnings).toEqual([expect.stringContaining(message)])
    expect(warnings[0]).toMatch(/^warning -:3: b: metadata\.annotations\.millrace\.dev\/ingress-token: /)
  })
})

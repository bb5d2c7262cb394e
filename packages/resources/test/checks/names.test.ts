import { describe, expect, it } from 'vitest'
import { checkNames } from '../../src/checks/names.ts'
import { formatFinding } from '../../src/index.ts'
import { broker, documents, linesOf, readText, trigger } from '../read-text.ts'

function claim(kind: string, name: string, line: number, namespace = 'default') {
  return {
    kind,
    metadata: { name, namespace, annotations: {}, labels: {} },
    origin: { file: 'a.yaml', line },
  }
}

function check(...claims: readonly ReturnType<typeof claim>[]): string[] {
  return checkNames(claims, placeOf).map(formatFinding)
}

function placeOf(kind: string): 'path' | 'name' | undefined {
  if (kind === 'Trigger') return undefined
  return kind.endsWith('Source') ? 'name' : 'path'
}

describe('names', () => {
  it('addressables of two kinds may not share one; a rename is proposed', () => {
    expect(check(claim('Broker', 'orders', 1), claim('Channel', 'orders', 9))).toEqual([
      'a.yaml:9: orders: metadata.name: takes the path /default/orders of the Broker at a.yaml:1; rename one, such as to "orders-channel"',
    ])
  })

  it('of sources are one for all their kinds, and with those of addressables', () => {
    const rule = 'sources and addressables of a namespace need names of their own, rename one, such as to'
    expect(
      check(claim('PingSource', 'a', 1), claim('GitHubSource', 'a', 2), claim('Broker', 'a', 3)),
    ).toEqual([
      `a.yaml:2: a: metadata.name: is the name of the PingSource at a.yaml:1 too; ${rule} "a-githubsource"`,
      `a.yaml:3: a: metadata.name: is the name of the PingSource at a.yaml:1 too; ${rule} "a-broker"`,
    ])
    expect(check(claim('PingSource', 'a', 1), claim('GitHubSource', 'a', 2, 'other'))).toEqual([])
  })

  it('may be the same in two namespaces, and of what is not addressable', () => {
    expect(
      check(claim('Broker', 'x', 1), claim('Channel', 'x', 2, 'other'), claim('Trigger', 'x', 3)),
    ).toEqual([])
  })

  it('a resource is declared once, also where one of the two is wrong otherwise', async () => {
    const text = documents(
      broker('a', '{x: 1}'),
      broker('a'),
      trigger('broker: a\nsubscriber: {uri: "http://x/"}', 'name: a'),
    )
    expect(await linesOf(text)).toEqual([
      '-:4: a: spec.x: unknown field, the fields here are delivery',
      '-:8: a: metadata.name: is declared twice, first at -:3; keep one, or rename the other',
    ])
    expect((await readText(text)).resources.map(({ kind }) => kind)).toEqual(['Broker', 'Trigger'])
  })
})

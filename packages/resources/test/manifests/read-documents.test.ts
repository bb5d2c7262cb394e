import { describe, expect, it } from 'vitest'
import { linesOf, readText, trigger } from '../read-text.ts'

describe('YAML that cannot be read', () => {
  it.each([
    ['a: [1, 2', /^-:1: .*\]/],
    ['a: 1\nb: c: d', /^-:2: Nested mappings/],
    ['a:\n\t- b', /^-:2: .*[Tt]abs/],
    ['a: "b', /^-:1: .*quote/],
  ])('%j is an error with its line', async (text, line) => {
    const [first] = await linesOf(text)
    expect(first).toMatch(line)
  })

  it('is an error where it is nested too deep for a parser', async () => {
    const [first] = await linesOf('['.repeat(50_000))
    expect(first).toMatch(/^-:1: /)
  })

  it('does not hide the documents around it', async () => {
    const text = `kind: A\n---\nx: [\n---\nkind: B`
    expect((await linesOf(text)).map((line) => line.slice(0, 4))).toEqual(['-:1:', '-:4:', '-:5:'])
  })

  it('names a key that is there twice, with both lines', async () => {
    expect(await linesOf('a: 1\nb:\n  c: 1\n  d: 2\n  c: 3')).toEqual([
      '-:5: b.c: is here twice, first on line 3, keep one',
    ])
  })

  it('keeps keys that objects have of themselves', async () => {
    expect(await linesOf('__proto__: {a: 1}\nconstructor: 1\n__proto__: 2')).toEqual([
      '-:3: __proto__: is here twice, first on line 1, keep one',
    ])
    expect(await linesOf(trigger('broker: b\nsubscriber: {uri: "http://x/"}\nconstructor: {}'))).toEqual([
      '-:7: t: spec.constructor: unknown field, the fields here are broker, brokerRef, filter, filters, subscriber, delivery',
    ])
  })
})

describe('anchors', () => {
  it('an alias stands for what its anchor has, a merge for its keys', async () => {
    const { resources, findings } = await readText(
      trigger(`broker: &name orders
subscriber: {uri: "http://x/"}
delivery:
  <<: &base {retry: 3, backoffDelay: PT1S}
  retry: 5
filter: {attributes: {source: *name}}`),
    )
    expect(findings).toEqual([])
    expect(resources[0]?.spec).toMatchObject({
      delivery: { retry: 5, backoffDelay: 'PT1S' },
      filter: { attributes: { source: 'orders' } },
    })
  })

  it('an alias without an anchor before it is an error', async () => {
    expect(await linesOf('a: *b\nc: &b 1')).toEqual(['-:1: a: *b has no anchor &b before it'])
  })

  it('one that holds itself is an error', async () => {
    expect(await linesOf('a: &a\n  b: *a')).toContainEqual(
      expect.stringMatching(/nested deeper than 64 levels$/),
    )
  })

  it('a few lines cannot stand for millions of values', async () => {
    const level = (name: string, of: string) => `${name}: &${name} [${Array(10).fill(`*${of}`).join(', ')}]`
    const text = [
      'a: &a [1]',
      level('b', 'a'),
      level('c', 'b'),
      level('d', 'c'),
      level('e', 'd'),
      level('f', 'e'),
    ]
    expect(await linesOf([...text, level('g', 'f')].join('\n'))).toContainEqual(
      expect.stringContaining('aliases stand for more than 100000 values'),
    )
  })
})

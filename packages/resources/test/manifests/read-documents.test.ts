import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatFinding } from '../../src/index.ts'
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
    expect(await linesOf('a: &a\n  b: *a')).toContainEqual(expect.stringMatching(/nested deeper than 64 levels$/))
  })

  it('a few lines cannot stand for millions of values', async () => {
    const level = (name: string, of: string) => `${name}: &${name} [${Array(10).fill(`*${of}`).join(', ')}]`
    const text = ['a: &a [1]', level('b', 'a'), level('c', 'b'), level('d', 'c'), level('e', 'd'), level('f', 'e')]
    expect(await linesOf([...text, level('g', 'f')].join('\n'))).toContainEqual(
      expect.stringContaining('aliases stand for more than 100000 values'),
    )
  })
})

describe('any text whatever', () => {
  const word = fc.constantFrom(
    ...'apiVersion: |kind: |metadata: |spec: |v1|List|items: |Trigger|Broker|Secret|Service|eventing.knative.dev/v1'.split('|'),
    ...'name: |a|filters: |cesql: |exact: |subscriber: |uri: |ref: |http://u:p@x/|delivery: |retry: |- |  |\n|\n  |\n    |---\n'.split('|'),
    ...'&a |*a|<<: |!!binary |!x |"|\'|[|]|{|}|,|\t|| |> |#|? |: |%YAML 1.1\n|null|~|1e999|0x|.nan|${A}|$${|${|\u0000|\ud800|\u2028'.split('|'),
    'annotations: ',
    'millrace.dev/in-flight: ',
    'knative.dev/dependency: ',
    'externalName: ',
    'ports: ',
    'data: ',
    'stringData: ',
  )
  const soup = fc.array(word, { maxLength: 60 }).map((words) => words.join(''))
  const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 200 }), soup)

  it('never crashes, and every finding is one line with a line number', async () => {
    await fc.assert(
      fc.asyncProperty(text, async (input) => {
        const { findings } = await readText(input)
        for (const finding of findings) expect(formatFinding(finding)).toMatch(/^(warning |notice )?-:[1-9]\d*: .+$/)
      }),
      { numRuns: 3_000 },
    )
  })

  const leaf = fc.oneof(
    fc.constantFrom('http://x/', '/x', '', 'PT1S', 'Broker', 'default', '${A}'),
    fc.integer(),
    fc.double(),
    fc.boolean(),
    fc.constant(null),
  )
  const key = fc.constantFrom(
    ...['broker', 'brokerRef', 'filter', 'filters', 'attributes', 'exact', 'all', 'not', 'cesql', 'subscriber'],
    ...['ref', 'uri', 'delivery', 'retry', 'deadLetterSink', 'timeout', 'name', 'namespace', 'kind', '__proto__'],
    ...['annotations', 'labels', 'externalName', 'ports', 'type', 'data', 'stringData', 'config', 'apiVersion'],
  )
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 5 },
      leaf,
      fc.array(tie('tree'), { maxLength: 3 }),
      fc.dictionary(key, tie('tree'), { maxKeys: 5 }),
    ),
  }))
  const kind = fc.constantFrom(
    ['eventing.knative.dev/v1', 'Broker'],
    ['eventing.knative.dev/v1', 'Trigger'],
    ['v1', 'Service'],
    ['v1', 'Secret'],
  )

  const metadata = fc.oneof({ arbitrary: fc.constant({ name: 'a' }), weight: 3 }, { arbitrary: tree, weight: 1 })
  const uri = { uri: 'http://x/' }
  const spec = fc.oneof(
    tree,
    fc.record({ broker: fc.constant('a'), subscriber: fc.constant(uri), filters: tree, delivery: tree }),
    fc.record({ broker: fc.constant('a'), subscriber: tree }),
  )

  it('never crashes on manifests of any shape, and what is valid compiles', async () => {
    const { compile } = await import('../../src/index.ts')
    await fc.assert(
      fc.asyncProperty(kind, metadata, spec, tree, async ([apiVersion, name], head, body, data) => {
        const manifest = { apiVersion, kind: name, metadata: head, spec: body, ...(name === 'Secret' && { data }) }
        const { resources, findings } = await readText(JSON.stringify(manifest), { env: { A: 'http://a/' } })
        expect(resources.length + findings.length).toBeGreaterThan(0)
        compile(resources)
      }),
      { numRuns: 3_000 },
    )
  })
})

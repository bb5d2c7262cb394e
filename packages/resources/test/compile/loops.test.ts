import { describe, expect, it } from 'vitest'
import { formatFinding } from '../../src/index.ts'
import { broker, compileText, documents, trigger } from '../read-text.ts'

const to = (name: string) => `{ref: {apiVersion: eventing.knative.dev/v1, kind: Broker, name: ${name}}}`

/** Triggers that send from one broker on to another, as `a>b`. */
async function loopsOf(...edges: readonly string[]): Promise<string[]> {
  const names = new Set(edges.flatMap((edge) => edge.split('>')))
  const triggers = edges.map((edge) => {
    const [from = '', next = ''] = edge.split('>')
    return trigger(`broker: ${from}\nsubscriber: ${to(next)}`, `name: ${from}-${next}`)
  })
  const { findings } = await compileText(documents(...[...names].map((name) => broker(name)), ...triggers))
  return findings.map(({ name }) => name)
}

describe('loops', () => {
  it.each([
    ['a>a', ['a-a']],
    ['a>b b>a', ['a-b', 'b-a']],
    ['a>b b>c c>a c>d', ['a-b', 'b-c', 'c-a']],
    ['a>b b>c c>b', ['b-c', 'c-b']],
    ['a>b a>c b>d c>d', []],
  ])('%s: warned of are %j', async (edges, names) => {
    expect(await loopsOf(...edges.split(' '))).toEqual(names)
  })

  it('are said with the way back', async () => {
    const text = documents(broker('a'), trigger(`broker: a\nsubscriber: ${to('a')}`))
    expect((await compileText(text)).findings.map(formatFinding)).toEqual([
      'warning -:11: t: spec.subscriber: sends events of /default/a to /default/a, from where they can come back to /default/a, until their time to live is spent; send them elsewhere, or filter so that they do not',
    ])
  })

  it('lead through dead-letter sinks too, of a Trigger and of a Broker', async () => {
    const delivery = (name: string) => `{delivery: {retry: 1, deadLetterSink: ${to(name)}}}`
    const own = `broker: a\nsubscriber: {uri: "http://x/"}\ndelivery: {retry: 1, deadLetterSink: ${to('a')}}`
    const paths = async (text: string) => (await compileText(text)).findings.map(({ path }) => path)
    expect(await paths(documents(broker('a'), trigger(own)))).toEqual(['spec.delivery.deadLetterSink'])
    expect(await paths(broker('a', delivery('a')))).toEqual(['spec.delivery.deadLetterSink'])
  })
})

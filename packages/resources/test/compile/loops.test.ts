import { describe, expect, it } from 'vitest'
import { formatFinding } from '../../src/index.ts'
import { broker, channel, compileText, documents, flow, subscription, trigger } from '../read-text.ts'

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
      'warning -:11: t: spec.subscriber: sends events round in a loop, /default/a > /default/a, until their time to live is spent; send them elsewhere, or filter so that they do not come back',
    ])
  })

  it('lead through dead-letter sinks too, of a Trigger and of a Broker', async () => {
    const delivery = (name: string) => `{delivery: {retry: 1, deadLetterSink: ${to(name)}}}`
    const own = `broker: a\nsubscriber: {uri: "http://x/"}\ndelivery: {retry: 1, deadLetterSink: ${to('a')}}`
    const paths = async (text: string) => (await compileText(text)).findings.map(({ path }) => path)
    expect(await paths(documents(broker('a'), trigger(own)))).toEqual(['spec.delivery.deadLetterSink'])
    expect(await paths(broker('a', delivery('a')))).toEqual(['spec.delivery.deadLetterSink'])
  })

  it('are said with the shortest way round', async () => {
    const edges = ['a>b', 'b>c', 'c>a', 'b>d', 'd>a'].map((edge) => edge.split('>'))
    const triggers = edges.map(([from = '', next = '']) =>
      trigger(`broker: ${from}\nsubscriber: ${to(next)}`, `name: ${from}-${next}`),
    )
    const brokers = ['a', 'b', 'c', 'd'].map((name) => broker(name))
    const { findings } = await compileText(documents(...brokers, ...triggers))
    const ways = findings.map(({ name, message }) => [name, message.split(', ')[1]])
    expect(Object.fromEntries(ways)).toEqual({
      'a-b': '/default/a > /default/b > /default/c > /default/a',
      'b-c': '/default/b > /default/c > /default/a > /default/b',
      'c-a': '/default/c > /default/a > /default/b > /default/c',
      'b-d': '/default/b > /default/d > /default/a > /default/b',
      'd-a': '/default/d > /default/a > /default/b > /default/d',
    })
  })

  it('lead through replies of Subscriptions and flows', async () => {
    const ref = (kind: string, name: string) => {
      const group = kind === 'Channel' ? 'messaging' : 'flows'
      return `{ref: {apiVersion: ${group}.knative.dev/v1, kind: ${kind}, name: ${name}}}`
    }
    const { findings } = await compileText(
      documents(
        channel('c'),
        subscription(`subscriber: {uri: "http://x/"}\nreply: ${ref('Sequence', 'f')}`),
        flow('Sequence', `steps: [{uri: "http://a/"}, {uri: "http://b/"}]\nreply: ${ref('Channel', 'c')}`),
      ),
    )
    const way = '/default/c > /default/f > /default/f/steps/1 > /default/c'
    expect(findings.map(formatFinding)).toContain(
      `warning -:12: s: spec.reply: sends replies round in a loop, ${way}, until their time to live is spent; send them elsewhere, or filter so that they do not come back`,
    )
    expect(findings.map(({ path }) => path)).toEqual(['spec.reply', 'spec.steps[0]', 'spec.reply'])
  })

  it('a reply of a Trigger to its own broker is none', async () => {
    const text = documents(broker('a'), trigger('broker: a\nsubscriber: {uri: "http://x/"}'))
    expect((await compileText(text)).findings).toEqual([])
  })

  it('dead letters that lead back to where they failed are said so', async () => {
    const own = `broker: a\nsubscriber: {uri: "http://x/"}\ndelivery: {retry: 1, deadLetterSink: ${to('a')}}`
    const [finding] = (await compileText(documents(broker('a'), trigger(own)))).findings
    expect(finding?.message).toMatch(/^sends dead letters round in a loop, \/default\/a > \/default\/a, /)
  })
})

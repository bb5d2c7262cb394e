import { describe, expect, it } from 'vitest'
import { linesOf, readText } from '../read-text.ts'

function head(metadata: string): string {
  return `apiVersion: eventing.knative.dev/v1\nkind: Broker\nmetadata: ${metadata}`
}

const name =
  'metadata.name: is NAME, must be lower-case letters and digits, with "-" and "." inside, at most 253 (DNS-1123)'

describe('metadata', () => {
  it.each(['a', 'a-b', '1', 'my.broker', 'a'.repeat(253)])('a name may be %s', async (text) => {
    expect(await linesOf(head(`{name: "${text}"}`))).toEqual([])
  })

  it.each(['A', 'a_b', '-a', 'a-', 'a..b', '.', 'a/b', 'ä', ''])('a name may not be %j', async (text) => {
    expect(await linesOf(head(`{name: "${text}"}`))).toEqual([
      `-:3:${text === '' ? '' : ` ${text}:`} ${name.replace('NAME', JSON.stringify(text))}`,
    ])
  })

  it('a name is at most 253 characters', async () => {
    expect(await linesOf(head(`{name: ${'a'.repeat(254)}}`))).toHaveLength(1)
  })

  it('a namespace is a DNS-1123 label, default where it is missing', async () => {
    expect(await linesOf(head('{name: a, namespace: a.b}'))).toEqual([
      '-:3: a: metadata.namespace: is "a.b", must be lower-case letters and digits, with "-" inside, at most 63 (DNS-1123)',
    ])
    expect((await readText(head('{name: a}'))).resources[0]?.metadata.namespace).toBe('default')
  })

  it('is required, and its name is', async () => {
    expect(await linesOf('apiVersion: eventing.knative.dev/v1\nkind: Broker')).toEqual([
      '-:1: metadata: is missing, must be a map',
    ])
    expect(await linesOf(head('{nam: a}'))).toEqual([
      '-:3: metadata.name: is missing, must be lower-case letters and digits, with "-" and "." inside, at most 253 (DNS-1123)',
      '-:3: metadata.nam: unknown field, did you mean "name"?',
    ])
  })

  it('what a cluster writes into it has no effect, with one notice each', async () => {
    const text = `
  name: a
  uid: 0c5c
  creationTimestamp: null
  generation: 3
  labels:
    app: x`
    expect(await linesOf(head(text))).toEqual([
      'notice -:5: a: metadata.uid: has no effect: a Kubernetes API server sets it',
      'notice -:7: a: metadata.generation: has no effect: a Kubernetes API server sets it',
      'notice -:8: a: metadata.labels: has no effect: nothing in Millrace selects by labels',
    ])
  })

  it('an empty field is none, as in Kubernetes, but in a map of texts it is a mistake', async () => {
    const text = `
  name: a
  namespace:
  annotations:
    some:
  labels:
spec:
  delivery:`
    expect(await linesOf(head(text))).toEqual(['-:7: a: metadata.annotations.some: is empty, must be a text'])
  })
})

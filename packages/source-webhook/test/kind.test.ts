import { formatFinding, loadManifests, sourceKind } from '@millrace/resources'
import type { SourceKind } from '@millrace/source-sdk'
import { expect, test } from 'vitest'
import { webhookSourceKind } from '../src/kind.ts'

const kind: SourceKind = webhookSourceKind

const secret = 'secret: {secretKeyRef: {name: pay, key: hook}}'
const standard = `{scheme: standard, ${secret}}`

test.each(['standard', 'stripe', 'hmac', 'token', 'bearer', 'basic'])(
  'scheme %s is taken',
  async (scheme) => {
    expect(await found(`{scheme: ${scheme}, ${secret}}`, '{type: {value: x}}')).toEqual([])
  },
)

test('the whole manifest of the documentation is taken', async () => {
  const event =
    '{type: {pointer: /type, prefix: com.example.}, id: {header: webhook-id}, subject: {pointer: /data/object/id}, source: {value: "https://pay.example.com"}}'
  expect(await found(`{scheme: standard, ${secret}, tolerance: PT5M}`, event)).toEqual([])
})

test.each([
  [
    `{scheme: sha1, ${secret}}`,
    'spec.verify.scheme: is "sha1", must be standard, stripe, hmac, token, bearer or basic',
  ],
  ['{scheme: hmac}', 'spec.verify.secret: is missing, must be a map'],
  [
    `{scheme: bearer, header: X-Token, ${secret}}`,
    'spec.verify.header: has no meaning with scheme "bearer": stripe, hmac and token have a header to name; leave it out',
  ],
  [
    `{scheme: hmac, tolerance: PT1M, ${secret}}`,
    'spec.verify.tolerance: has no meaning with scheme "hmac": standard and stripe sign the time; leave it out',
  ],
  [
    `{scheme: stripe, tolerance: 5m, ${secret}}`,
    'spec.verify.tolerance: is "5m", must be an ISO 8601 duration above zero such as PT30S',
  ],
  [
    `{scheme: token, header: "X Token", ${secret}}`,
    'spec.verify.header: is "X Token", must be the name of a header',
  ],
])('verify: %s is refused', async (verify, message) => {
  expect(await found(verify, '{type: {value: x}}')).toEqual([`-:4: pay: ${message}`])
})

test.each([
  ['{}', 'spec.event.type: is missing, must be a map'],
  ['{type: {}}', 'spec.event.type: expected exactly one of value, header, pointer, got none'],
  [
    '{type: {value: x, header: y}}',
    'spec.event.type: expected exactly one of value, header, pointer, got value, header',
  ],
  [
    '{type: {value: x}, id: {pointer: id}}',
    'spec.event.id.pointer: is "id", must be a JSON pointer such as /data/id (RFC 6901)',
  ],
  [
    '{type: {value: x}, id: {pointer: /a~2}}',
    'spec.event.id.pointer: is "/a~2", must be a JSON pointer such as /data/id (RFC 6901)',
  ],
  [
    '{type: {value: x}, subject: {prefix: y, value: z}}',
    'spec.event.subject.prefix: unknown field, the fields here are value, header, pointer',
  ],
  ['{type: {value: x}, sbject: {value: y}}', 'spec.event.sbject: unknown field, did you mean "subject"?'],
])('event: %s is refused', async (event, message) => {
  expect(await found(standard, event)).toEqual([`-:4: pay: ${message}`])
})

test('an id that is always the same is warned of', async () => {
  expect(await found(standard, '{type: {value: x}, id: {value: one}}')).toEqual([
    'warning -:4: pay: spec.event.id.value: is the same for every request, of which only the first would be stored; use a header or a pointer',
  ])
})

async function found(verify: string, event: string): Promise<string[]> {
  const manifest = [
    'apiVersion: sources.millrace.dev/v1alpha1',
    'kind: WebhookSource',
    'metadata: {name: pay}',
    `spec: {verify: ${verify}, event: ${event}, sink: {uri: "http://sink/"}}`,
  ]
  const { findings } = await loadManifests(['-'], {
    env: {},
    stdin: async () => manifest.join('\n'),
    findSource: async () => sourceKind(kind),
  })
  return findings.map(formatFinding)
}

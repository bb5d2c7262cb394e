import type { CloudEvent } from '@millrace/source-sdk'
import { describe, expect, test } from 'vitest'
import type { WebhookSourceSpec } from '../src/kind.ts'
import { toEvent, type ReadEvent } from '../src/to-event.ts'

const json = { 'content-type': 'application/json; charset=utf-8' }
const paid = '{"type":"invoice.paid","id":41,"data":{"object":{"id":"in_1"}}}'

describe('the manifest of the documentation', () => {
  const rules: WebhookSourceSpec['event'] = {
    type: { pointer: '/type', prefix: 'com.example.' },
    id: { header: 'webhook-id' },
    subject: { pointer: '/data/object/id' },
    source: { value: 'https://pay.example.com' },
  }
  const headers = { ...json, 'webhook-id': 'msg_1' }

  test('makes an event with these attributes and the bytes that came', () => {
    const read = readOf(rules, headers, paid)
    expect(read).toMatchObject({ kind: 'event', emission: { dedupe: 'msg_1' } })
    expect({ ...eventOf(read).attributes }).toEqual({
      specversion: '1.0',
      id: 'msg_1',
      source: 'https://pay.example.com',
      type: 'com.example.invoice.paid',
      subject: 'in_1',
      datacontenttype: 'application/json; charset=utf-8',
    })
    expect(new TextDecoder().decode(eventOf(read).data)).toBe(paid)
  })

  test('a pointer that leads nowhere is refused for the type, and leaves the subject out', () => {
    expect(readOf(rules, headers, '{"data":{"object":{"id":"in_1"}}}')).toEqual({
      kind: 'malformed',
      detail: 'there is no type: /type is no text, number or boolean of the body',
    })
    expect(eventOf(readOf(rules, headers, '{"type":"x"}')).attributes).not.toHaveProperty('subject')
    expect(
      eventOf(readOf(rules, headers, '{"type":"x","data":{"object":{"id":""}}}')).attributes,
    ).not.toHaveProperty('subject')
  })

  test('an id whose header is missing is refused', () => {
    expect(readOf(rules, json, paid)).toEqual({
      kind: 'malformed',
      detail: 'there is no id: the header webhook-id is missing',
    })
  })

  test('what is not JSON is refused: 415 where it says so itself, 400 where it says that it is', () => {
    expect(readOf(rules, { ...headers, 'content-type': 'text/plain' }, paid)).toEqual({
      kind: 'unsupported-media-type',
      detail: 'content-type is text/plain: this source reads the body, which must be application/json',
    })
    expect(readOf(rules, { 'webhook-id': 'msg_1' }, paid).kind).toBe('unsupported-media-type')
    expect(readOf(rules, headers, '{')).toEqual({
      kind: 'malformed',
      detail: 'the body is not JSON in UTF-8',
    })
  })
})

test('without a pointer any media type is taken, and none', () => {
  const rules = { type: { value: 'com.example.form' } }
  const form = eventOf(readOf(rules, { 'content-type': 'application/x-www-form-urlencoded' }, 'a=1'))
  expect(form.attributes['datacontenttype']).toBe('application/x-www-form-urlencoded')
  expect(new TextDecoder().decode(form.data)).toBe('a=1')
  const bare = eventOf(readOf(rules, {}, ''))
  expect(bare.attributes).not.toHaveProperty('datacontenttype')
  expect(bare.data).toBeUndefined()
})

test('without an id each request is an event of its own', () => {
  const [one, two] = [readOf({ type: { value: 'x' } }, {}, ''), readOf({ type: { value: 'x' } }, {}, '')]
  expect(one).not.toHaveProperty('emission.dedupe')
  expect(eventOf(one).attributes['id']).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4/)
  expect(eventOf(one).attributes['id']).not.toBe(eventOf(two).attributes['id'])
})

test('without a source it is the WebhookSource itself', () => {
  expect(eventOf(readOf({ type: { value: 'x' } }, {}, '')).attributes['source']).toBe(
    '/apis/v1/namespaces/shop/webhooksources/pay',
  )
})

test('two ids that JavaScript would round to one stay two', () => {
  const rules = { type: { value: 'x' }, id: { pointer: '/id' } }
  const ids = ['9007199254740993', '9007199254740992'].map((id) => readOf(rules, json, `{"id":${id}}`))
  expect(ids).toMatchObject([
    { emission: { dedupe: '9007199254740993' } },
    { emission: { dedupe: '9007199254740992' } },
  ])
})

describe('GitLab', () => {
  const rules: WebhookSourceSpec['event'] = {
    type: { header: 'X-Gitlab-Event', prefix: 'dev.knative.sources.gitlab.' },
    source: { pointer: '/project/web_url' },
    id: { header: 'Idempotency-Key' },
  }
  const headers = { ...json, 'x-gitlab-event': 'Merge Request Hook', 'idempotency-key': 'f3a7' }
  const body = '{"object_kind":"merge_request","project":{"web_url":"https://gitlab.com/acme/web"}}'

  test('events have the attributes of Knative’s GitLabSource', () => {
    expect({ ...eventOf(readOf(rules, headers, body)).attributes }).toEqual({
      specversion: '1.0',
      id: 'f3a7',
      source: 'https://gitlab.com/acme/web',
      type: 'dev.knative.sources.gitlab.merge_request',
      datacontenttype: 'application/json; charset=utf-8',
      comgitlabevent: 'Merge Request Hook',
    })
  })

  test('an event whose name does not end in Hook is refused, as Knative does', () => {
    expect(readOf(rules, { ...headers, 'x-gitlab-event': 'Push' }, body)).toEqual({
      kind: 'malformed',
      detail: 'there is no type: the header X-Gitlab-Event is missing or does not end in " Hook"',
    })
  })
})

function readOf(event: WebhookSourceSpec['event'], headers: Record<string, string>, body: string): ReadEvent {
  const verify: WebhookSourceSpec['verify'] = {
    scheme: 'token',
    secret: { secretKeyRef: { name: 'pay', key: 'hook' } },
  }
  const request = { method: 'POST', query: '', headers, body: new TextEncoder().encode(body) }
  return toEvent({ verify, event }, { namespace: 'shop', name: 'pay' }, request)
}

function eventOf(read: ReadEvent): CloudEvent {
  if (read.kind !== 'event') throw new Error(JSON.stringify(read))
  return read.emission.event as CloudEvent
}

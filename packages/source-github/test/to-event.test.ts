import { expect, test } from 'vitest'
import type { Payload } from '../src/payload.ts'
import { toEvent } from '../src/to-event.ts'
import { expectedAttributes } from './expected-attributes.ts'
import { publishedExamples, publishedPayload } from './published-examples.ts'

const rows = expectedAttributes
  .trim()
  .split('\n')
  .map((row) => /^(\w+)\/(\d+): (.*)$/.exec(row)?.slice(1) ?? [])
  .map(([event = '', example = '', attributes = '']) => ({ event, example: Number(example), attributes }))

test('every event of the published examples is in the table', () => {
  expect([...new Set(rows.map(({ event }) => event))]).toEqual(publishedExamples.map(({ name }) => name))
})

test.each(rows)('$event, example $example: $attributes', ({ event, example, attributes }) => {
  const payload = publishedPayload(event, example)
  const { specversion, id, source, type, datacontenttype, ...rest } = eventOf(event, payload).attributes
  expect({ specversion, id, source, type, datacontenttype }).toEqual({
    specversion: '1.0',
    id: '72d3162e-cc78-11e3-81ab-4c9367dc0958',
    source: 'https://github.com/acme/web',
    type: `dev.knative.source.github.${event}`,
    datacontenttype: 'application/json',
  })
  const text = Object.entries(rest).map(([name, value]) => `${name}=${value}`)
  expect(text.join(', ')).toBe(attributes)
})

test('flags and numbers keep their types', () => {
  const push = eventOf('push', publishedPayload('push', 3)).attributes
  expect([push['created'], push['deleted'], push['forced']]).toEqual([false, true, false])
  expect(eventOf('pull_request', publishedPayload('pull_request', 1)).attributes['number']).toBe(2)
})

test('the subject of a push to a branch is the old and the new commit', () => {
  const compare = 'https://github.com/acme/web/compare/6113728f27ae...a10867b14bb7'
  expect(eventOf('push', { compare }).attributes['subject']).toBe('6113728f27ae...a10867b14bb7')
})

test('the subject of a change to wiki pages names them all', () => {
  const pages = [{ page_name: 'Home' }, { page_name: 'Getting-Started' }, {}]
  expect(eventOf('gollum', { pages }).attributes['subject']).toBe('Home,Getting-Started')
})

test('an id beyond 32 bits is text, as an Integer could not hold it', () => {
  const { attributes } = eventOf('installation', { installation: { id: 4_294_967_296 } })
  expect(attributes).toMatchObject({ installation: '4294967296', subject: '4294967296' })
})

test('members of another shape than GitHub sends are no attributes', () => {
  const odd = { action: { x: 1 }, repository: 'web', sender: null, label: { name: '' }, number: [] }
  const { attributes } = eventOf('pull_request', odd)
  expect(Object.keys(attributes)).toEqual(['specversion', 'id', 'source', 'type', 'datacontenttype'])
})

test.each(['constructor', '__proto__', 'toString'])('an event named %s is one without rules', (event) => {
  expect(eventOf(event, { repository: { id: 7 } }).attributes).toMatchObject({ subject: '7' })
})

test('data are the bytes that came', () => {
  const data = new TextEncoder().encode('{ "zen" : 1.0 }')
  expect(eventOf('push', {}, data)).toMatchObject({ data, dataForm: 'binary' })
})

function eventOf(event: string, payload: Payload, data = new Uint8Array()) {
  return toEvent('acme/web', { event, id: '72d3162e-cc78-11e3-81ab-4c9367dc0958', payload, data })
}

import { expect, it } from 'vitest'
import { toEvent } from '../src/to-event.ts'

const named = { namespace: 'shop', name: 'sweep' }
const tick = Date.UTC(2026, 10, 22, 21, 30)

function attributes(data: Parameters<typeof toEvent>[1]) {
  return { ...toEvent(named, data, tick).attributes }
}

function text(data: Parameters<typeof toEvent>[1]): string | undefined {
  const { data: bytes } = toEvent(named, data, tick)
  return bytes === undefined ? undefined : new TextDecoder().decode(bytes)
}

it('an event of a tick has Knative’s attributes, an id of its own for ever, and the planned time', () => {
  expect(attributes({ contentType: 'application/json', data: '{"a":1}' })).toEqual({
    specversion: '1.0',
    id: '33f332ee-2668-5d59-b65d-07c5388eaad9',
    source: '/apis/v1/namespaces/shop/pingsources/sweep',
    type: 'dev.knative.sources.ping',
    time: '2026-11-22T21:30:00Z',
    datacontenttype: 'application/json',
  })
})

it('its id is another for another tick, name or namespace', () => {
  const ids = [
    toEvent(named, {}, tick),
    toEvent(named, {}, tick + 1_000),
    toEvent({ ...named, name: 'other' }, {}, tick),
    toEvent({ ...named, namespace: 'other' }, {}, tick),
  ].map(({ attributes: { id } }) => id)
  expect(new Set(ids).size).toBe(4)
})

it('its data are the manifest’s bytes', () => {
  expect(text({ data: '{ "a" : 1 }\n' })).toBe('{ "a" : 1 }\n')
  expect(text({ dataBase64: 'aGk=' })).toBe('hi')
})

it('without a contentType it has no datacontenttype, without data no body', () => {
  expect(attributes({ data: 'x' })).not.toHaveProperty('datacontenttype')
  expect(text({})).toBeUndefined()
  expect(text({ data: '' })).toBeUndefined()
})

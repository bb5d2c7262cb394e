import { CloudEvent } from 'cloudevents'
import { describe, expect, it } from 'vitest'
import { eventOf, fromSdk, uuidOf } from '../src/index.ts'

function text(data: Uint8Array | undefined): string | undefined {
  return data === undefined ? undefined : new TextDecoder().decode(data)
}

it('an event of parts leaves out what is undefined', () => {
  const event = eventOf({
    id: '1',
    source: '/s',
    type: 't',
    attributes: { subject: undefined, x: 7 },
    data: 'é',
  })
  expect(event).toEqual({
    attributes: { specversion: '1.0', id: '1', source: '/s', type: 't', x: 7 },
    data: new TextEncoder().encode('é'),
    dataForm: 'binary',
  })
  expect(Object.getPrototypeOf(event.attributes)).toBeNull()
})

describe('an event of the CloudEvents SDK', () => {
  const least = { id: '1', source: '/s', type: 't' }

  it('keeps its attributes and extensions', () => {
    const { attributes } = fromSdk(
      new CloudEvent({
        ...least,
        subject: 'x',
        time: '2026-11-22T21:00:00.000Z',
        team: 'blue',
        count: 3,
        on: true,
      }),
    )
    expect({ ...attributes }).toEqual({
      ...least,
      specversion: '1.0',
      subject: 'x',
      time: '2026-11-22T21:00:00.000Z',
      team: 'blue',
      count: 3,
      on: true,
    })
  })

  it.each([
    ['an object as JSON', { data: { a: 1 }, datacontenttype: 'application/json' }, '{"a":1}'],
    ['JSON text as it is', { data: '{"a": 1}', datacontenttype: 'application/json' }, '{"a": 1}'],
    ['other text as it is', { data: 'hi', datacontenttype: 'text/plain' }, 'hi'],
    ['bytes as they are', { data: new TextEncoder().encode('hi') }, 'hi'],
    ['base64 decoded', { data_base64: 'aGk=' }, 'hi'],
    ['no data as none', {}, undefined],
  ])('has %s', (_, parts, expected) => {
    expect(text(fromSdk(new CloudEvent<unknown>({ ...least, ...parts })).data)).toBe(expected)
  })
})

it('ours is taken as it is', () => {
  const event = eventOf({ id: '1', source: '/s', type: 't' })
  expect(fromSdk(event)).toBe(event)
})

describe('a UUID of names', () => {
  it('is of version 5 and variant 1 (RFC 9562, 5.5), and the same for ever', () => {
    expect(uuidOf('default', 'tick')).toBe(uuidOf('default', 'tick'))
    expect(uuidOf('default', 'tick')).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    )
  })

  it('is another for names that are cut otherwise', () => {
    expect(uuidOf('ab', 'c')).not.toBe(uuidOf('a', 'bc'))
  })
})

import { checkEvent, readHttpEvent, toBinary, type AttributeValue } from '@millrace/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { events } from './arbitrary-event.ts'

const least = { specversion: '1.0', id: '1', source: '/s', type: 't' }

function codeOf(attributes: Readonly<Record<string, AttributeValue>>): string | undefined {
  return checkEvent({ attributes, data: undefined, dataForm: 'binary' })?.code
}

describe('an event that no message brought', () => {
  it.each([
    [{}, undefined],
    [{ subject: 'a', time: '2026-11-22T17:31:00Z', n: 1, b: true }, undefined],
    [{ id: '' }, 'attribute-value'],
    [{ source: ':' }, 'attribute-value'],
    [{ time: 'today' }, 'attribute-value'],
    [{ datacontenttype: 'json' }, 'attribute-value'],
    [{ 'my-name': 'x' }, 'attribute-name'],
    [{ data: 'x' }, 'attribute-name'],
    [{ x: 'a\nb' }, 'attribute-character'],
    [{ x: 1.5 }, 'attribute-type'],
    [{ x: 2 ** 31 }, 'attribute-type'],
    [{ x: 2 ** 31 - 1, y: -(2 ** 31) }, undefined],
    [{ x: -(2 ** 31) - 1 }, 'attribute-type'],
    [{ specversion: '2.0' }, 'unknown-specversion'],
  ])('with %j is judged by the rules of the specification: %s', (attributes, code) => {
    expect(codeOf({ ...least, ...attributes } as Record<string, AttributeValue>)).toBe(code)
  })

  it('lacks no required attribute', () => {
    expect(codeOf({ specversion: '1.0', id: '1', source: '/s' })).toBe('missing-attribute')
  })

  it('passes where a message of it would be read', () => {
    fc.assert(
      fc.property(events, (event) => {
        const { headers, body } = toBinary(event)
        expect(readHttpEvent(headers, body ?? new Uint8Array()).kind).toBe('events')
        expect(checkEvent(event)).toBeUndefined()
      }),
    )
  })
})

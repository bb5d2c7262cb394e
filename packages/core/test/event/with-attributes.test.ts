import { withAttributes } from '@millrace/core'
import { expect, test } from 'vitest'

import { eventOf, readBinary } from './http-messages.ts'

const event = eventOf(readBinary({ 'ce-ext': 'x', 'ce-constructor': 'c' }, 'data'))

test('attributes are set, replaced and left out; the rest stays, the original too', () => {
  const changed = withAttributes(event, { ext: undefined, n: 5, id: '2' })
  expect({ ...changed.attributes }).toEqual({
    specversion: '1.0',
    id: '2',
    source: '/s',
    type: 't',
    constructor: 'c',
    n: 5,
  })
  expect(changed.data).toBe(event.data)
  expect(event.attributes).toMatchObject({ id: '1', ext: 'x' })
})

test('the result inherits nothing', () => {
  expect('toString' in withAttributes(event, {}).attributes).toBe(false)
})

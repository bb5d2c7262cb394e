import fc from 'fast-check'
import { expect, test } from 'vitest'

import { events } from './arbitrary-event.ts'
import { allModes, facts, send, write } from './modes.ts'

const modes = fc.constantFrom(...allModes)

test('an event is the same after any way through the modes', () => {
  fc.assert(
    fc.property(events, fc.array(modes, { minLength: 1, maxLength: 5 }), (event, way) => {
      const arrived = way.reduce(send, event)
      expect(facts(arrived)).toEqual(facts(event))
    }),
    { numRuns: 400 },
  )
})

test('structured to structured keeps the types of attributes', () => {
  fc.assert(
    fc.property(events, (event) => {
      expect({ ...send(event, 'structured').attributes, datacontentencoding: '' }).toEqual({
        ...event.attributes,
        datacontentencoding: '',
      })
    }),
  )
})

test('what was read and written once is written the same for ever', () => {
  fc.assert(
    fc.property(events, modes, (event, mode) => {
      const first = write(send(event, mode), mode)
      expect(write(send(send(event, mode), mode), mode)).toEqual(first)
    }),
  )
})

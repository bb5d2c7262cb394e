import { expect, test } from 'vitest'
import { refusedHint } from '../../src/delivery/refused-hint.ts'

const refused = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:9'), { code: 'ECONNREFUSED' })
const other = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' })

test.each([
  ['http://localhost:9', refused],
  ['http://127.0.0.1:9', refused],
  ['http://[::1]:9', refused],
  ['http://localhost:9', new AggregateError([refused, refused])],
])('in a container %s refused names host.docker.internal', (origin, error) => {
  expect(refusedHint(origin, error, true)).toContain('host.docker.internal')
})

test.each([
  ['outside a container', 'http://localhost:9', refused, false],
  ['another host', 'http://orders:9', refused, true],
  ['another error', 'http://localhost:9', other, true],
])('nothing is said of %s', (_, origin, error, inContainer) => {
  expect(refusedHint(origin, error, inContainer)).toBe('')
})

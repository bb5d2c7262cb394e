import { describe, expect, it } from 'vitest'
import { swapAttached } from '../../src/event/swap-attached.ts'
import type { EventRecord } from '../../src/index.ts'

function record(id: string, acceptedAt: number): EventRecord {
  const attributes = { specversion: '1.0', id, source: '/s', type: 't' }
  return {
    event: { attributes, data: undefined, dataForm: 'binary' },
    headers: { 'x-request-id': id },
    acceptedAt,
  }
}

describe('swapAttached', () => {
  const reply: EventRecord = { ...record('r', 2), attached: { as: 'original', ...record('o', 1) } }

  it('makes the dead letter of the original out of a reply, and the reply out of that', () => {
    const dead = swapAttached(reply)
    expect(dead).toEqual({ ...record('o', 1), attached: { as: 'reply', ...record('r', 2) } })
    expect(swapAttached(dead)).toEqual(reply)
  })

  it('leaves a record with nothing attached as it is', () => {
    expect(swapAttached(record('o', 1))).toEqual(record('o', 1))
  })
})

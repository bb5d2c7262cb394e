import { describe, expect, test } from 'vitest'
import { BatchLine } from '../../../src/delivery/batches/batch-line.ts'
import { PreparedEvent } from '../../../src/delivery/prepared-event.ts'
import { RouteQueue, type HeldDelivery } from '../../../src/delivery/route-queue.ts'
import { route } from '../flow-fixture.ts'

const batching = { size: 10, waitMs: 1_000 }
const queue = new RouteQueue(route({ name: 'a' }), 1)
const nothing = (): void => undefined

function delivery(id: string, bytes = 10): HeldDelivery {
  const attributes = { specversion: '1.0', id, source: '/s', type: 't', padding: 'x'.repeat(bytes) }
  const event = { attributes, data: undefined, dataForm: 'binary' as const }
  const lease = { id, route: 1, attempts: 0, firstAttempt: undefined, interruptions: 0 }
  return {
    lease: { ...lease, key: undefined, record: undefined },
    event: new PreparedEvent({ event, headers: {}, acceptedAt: 0 }, 1),
    queue,
  }
}

describe('what goes together', () => {
  test('waits for its time after the first, or until there are enough', () => {
    const line = new BatchLine()
    const ready = [delivery('1')]
    expect(line.next(ready, batching, 0, nothing)).toBeUndefined()
    expect(line.next(ready, batching, 999, nothing)).toBeUndefined()
    ready.push(...Array.from({ length: 9 }, (_, n) => delivery(`${n + 2}`)))
    expect(line.next(ready, batching, 999, nothing)?.deliveries).toHaveLength(10)
    expect(ready).toEqual([])
    line.surrender()
  })

  test('what the size of a request leaves over goes its time after its own first, not later', () => {
    const line = new BatchLine()
    const ready = [delivery('1', 900_000)]
    line.next(ready, batching, 0, nothing)
    ready.push(delivery('2', 900_000))
    expect(line.next(ready, batching, 400, nothing)).toBeUndefined()
    const idsAt = (nowMs: number) =>
      line.next(ready, batching, nowMs, nothing)?.deliveries.map(({ lease }) => lease.id)
    expect(idsAt(1_000)).toEqual(['1'])
    expect(idsAt(1_399)).toBeUndefined()
    expect(idsAt(1_400)).toEqual(['2'])
    line.surrender()
  })
})

import { latch } from '@millrace/testkit'
import { describe, expect, test } from 'vitest'
import type { SinkResult, SinkSend } from '../../src/sink-sends.ts'
import { OutgoingBatches } from '../../src/sinks/outgoing-batches.ts'

function send(id: string, timeoutMs = 60_000): SinkSend {
  const attributes = { specversion: '1.0', id, source: '/s', type: 't' }
  return {
    sink: '/default/k',
    event: { attributes, data: undefined, dataForm: 'binary' },
    headers: [],
    timeoutMs,
  }
}

function idsOf(sends: readonly SinkSend[]): unknown[] {
  return sends.map(({ event }) => event.attributes['id'])
}

/** What is delivered, batch by batch; each waits until it is released. */
function stage() {
  const batches: unknown[][] = []
  const gates: PromiseWithResolvers<void>[] = []
  const late: string[] = []
  const deliver = async (sends: readonly SinkSend[]) => {
    batches.push(idsOf(sends))
    const gate = Promise.withResolvers<void>()
    gates.push(gate)
    await gate.promise
    return sends.map((): SinkResult => ({ kind: 'sent' }))
  }
  const outgoing = new OutgoingBatches(deliver, (error) => late.push(error))
  const add = (id: string, timeoutMs?: number) =>
    new Promise<SinkResult>((resolve) => outgoing.add(send(id, timeoutMs), resolve))
  return { outgoing, batches, late, add, release: () => gates.shift()?.resolve() }
}

describe('what goes out by one sink', () => {
  test('is what came in one turn, then what came while that was on its way, in order', async () => {
    const { batches, add, release } = stage()
    const first = [add('1'), add('2'), add('3')]
    await new Promise(setImmediate)
    const second = [add('4'), add('5')]
    await new Promise(setImmediate)
    expect(batches).toEqual([['1', '2', '3']])
    release()
    await Promise.all(first)
    expect(batches).toEqual([
      ['1', '2', '3'],
      ['4', '5'],
    ])
    release()
    expect(await Promise.all(second)).toEqual([{ kind: 'sent' }, { kind: 'sent' }])
  })

  test('is a thousand events at most', async () => {
    const { batches, add, release } = stage()
    const all = Array.from({ length: 1_500 }, (_, index) => add(String(index)))
    await new Promise(setImmediate)
    release()
    await all[0]
    release()
    await Promise.all(all)
    expect(batches.map(({ length }) => length)).toEqual([1_000, 500])
  })

  test('what has had its time is answered, and does not go where it was still waiting', async () => {
    const { batches, late, add, release } = stage()
    const timeout = { kind: 'failed', failure: 'timeout', error: 'timeout after 20 ms' }
    const underWay = add('1', 20)
    await new Promise(setImmediate)
    const waiting = add('2', 20)
    const patient = add('3')
    expect(await Promise.all([underWay, waiting])).toEqual([timeout, timeout])
    expect(late).toEqual([timeout.error, timeout.error])
    release()
    await new Promise(setImmediate)
    release()
    await patient
    expect(batches).toEqual([['1'], ['3']])
  })

  test('is answered at once when it is aborted, and then nobody waits for it', async () => {
    const { outgoing, add } = stage()
    const both = [add('1')]
    await new Promise(setImmediate)
    both.push(add('2'))
    outgoing.abort()
    expect(await Promise.all(both)).toEqual([{ kind: 'aborted' }, { kind: 'aborted' }])
    await outgoing.ended()
  })

  test('ends when all of it has ended', async () => {
    const { outgoing, add, release } = stage()
    const ended = latch()
    void add('1')
    const end = outgoing.ended().then(() => ended.countDown())
    await new Promise(setImmediate)
    expect(ended.remaining).toBe(1)
    release()
    await end
  })
})

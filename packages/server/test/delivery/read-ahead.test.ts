import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { ReadAhead } from '../../src/delivery/read-ahead.ts'
import { RouteQueue } from '../../src/delivery/route-queue.ts'
import { route } from './flow-fixture.ts'

const many = 1_000

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }))
afterEach(() => void vi.useRealTimers())

/** Routes `a` and `b`, whose windows a test fills as it likes. */
function stage() {
  const routes = ['a', 'b'].map((name) => route({ name, destination: { kind: 'url', url: 'http://s/' } }))
  const queues = routes.map((each, number) => new RouteQueue(each, number))
  const readAhead = new ReadAhead({ queue: (id) => queues.find((each) => each.route.id === id) })
  const asked: number[] = []
  const ask = (...of: readonly number[]) =>
    readAhead
      .room(
        of.map((at) => routes[at]!),
        many,
      )
      .then((room) => void asked.push(room))
  return { readAhead, routes, queues, asked, ask }
}

const turn = () => new Promise(setImmediate)

test('as many as the window has room for, once that is a part of it that is worth a step', async () => {
  const { readAhead, queues, asked, ask } = stage()
  const [queue] = queues as [RouteQueue]
  await ask(0)
  expect(asked).toEqual([queue.window])
  queue.held = queue.window
  void ask(0)
  queue.held -= 1
  readAhead.freed(queue)
  await turn()
  expect(asked).toHaveLength(1)
  queue.held = queue.window / 2
  readAhead.freed(queue)
  await turn()
  expect(asked).toEqual([queue.window, queue.window / 2])
})

test('room is given once: what others were given in the same turn is on its way', async () => {
  const { queues, asked, ask } = stage()
  const [queue] = queues as [RouteQueue]
  queue.held = queue.window / 2
  await Promise.all([ask(0), Promise.race([ask(0), turn()])])
  expect(asked[0]).toBe(queue.window / 2)
  expect(asked).not.toContain(many)
})

test('what has spilled is waited for, as long as deliveries come to an end', async () => {
  const { readAhead, queues, asked, ask } = stage()
  const [queue] = queues as [RouteQueue]
  queue.spilled = true
  void ask(0)
  await vi.advanceTimersByTimeAsync(99)
  expect(asked).toEqual([])
  await vi.advanceTimersByTimeAsync(1)
  // in vain: nobody waits for it until one has come to its end
  await ask(0)
  expect(asked).toEqual([many, many])
  readAhead.freed(queue)
  void ask(0)
  await turn()
  expect(asked).toHaveLength(2)
  queue.spilled = false
  readAhead.freed(queue)
  await turn()
  expect(asked).toEqual([many, many, queue.window])
})

test('of several routes one with room is enough: a slow one does not hold up the others', async () => {
  const { queues, asked, ask } = stage()
  const [full, free] = queues as [RouteQueue, RouteQueue]
  full.spilled = true
  free.held = 10
  await ask(0, 1)
  expect(asked).toEqual([free.window - 10])
})

test('nothing is waited for where nobody wants it, or no window decides', async () => {
  const { readAhead, routes, queues, asked, ask } = stage()
  const [queue] = queues as [RouteQueue]
  queue.spilled = true
  await ask()
  expect(await readAhead.room([{ ...routes[0]!, flow: {} }], many)).toBe(many)
  queue.paused = true
  await ask(0)
  expect(asked).toEqual([many, many])
})

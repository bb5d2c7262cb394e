import { expect, test } from 'vitest'
import { Deadlines, type Expiring } from '../../src/delivery/deadlines.ts'

/** Says when its time was over. */
function expiring(): Expiring & { readonly over: Promise<number> } {
  const { promise, resolve } = Promise.withResolvers<number>()
  return { over: promise, begunAt: 0, place: -1, expired: () => resolve(performance.now()) }
}

test('each is told when its own time is over, not before, and in the order in which they came', async () => {
  const deadline = new Deadlines().after(30)
  const [first, second] = [expiring(), expiring()]
  const begun = performance.now()
  deadline.enter(first)
  await first.over.then((at) => expect(at - begun).toBeGreaterThanOrEqual(30))
  const again = performance.now()
  deadline.enter(second)
  expect((await second.over) - again).toBeGreaterThanOrEqual(30)
})

test('what has left is not told, and what came after it still is', async () => {
  const deadlines = new Deadlines()
  const [left, stays] = [expiring(), expiring()]
  deadlines.after(20).enter(left)
  deadlines.after(20).enter(stays)
  deadlines.after(20).leave(left)
  const never = left.over.then(() => 'told')
  await stays.over
  expect(await Promise.race([never, Promise.resolve('not told')])).toBe('not told')
})

test('one that came later than the oldest waits for the rest of its own time', async () => {
  const deadline = new Deadlines().after(40)
  const oldest = expiring()
  const later = expiring()
  deadline.enter(oldest)
  const begun = await new Promise<number>((resolve) => setImmediate(() => resolve(performance.now())))
  deadline.enter(later)
  await oldest.over
  expect((await later.over) - begun).toBeGreaterThanOrEqual(40)
})

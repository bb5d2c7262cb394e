import { array, assert, boolean, nat, property, record } from 'fast-check'
import { expect, test } from 'vitest'
import { Slots } from '../../src/delivery/slots.ts'

class User {
  readonly name: string
  inFlight = 0

  constructor(name: string) {
    this.name = name
  }
}

test('the next free slot goes to who has the fewest under way, in the order of waiting', () => {
  const slots = new Slots<User>(3)
  const [busy, second, third] = ['busy', 'second', 'third'].map((name) => new User(name)) as [
    User,
    User,
    User,
  ]
  for (let n = 0; n < 3; n += 1) begin(slots, busy)
  expect([busy, third, second].map((user) => slots.take(user))).toEqual([false, false, false])
  end(slots, busy)
  expect(slots.next()).toBe(third)
  begin(slots, third)
  expect(slots.next()).toBeUndefined()
  end(slots, busy)
  expect(slots.next()).toBe(second)
})

test('a sixteenth of the cap is kept for who has none under way', () => {
  const slots = new Slots<User>(16)
  const [busy, other] = [new User('busy'), new User('other')]
  for (let n = 0; n < 15; n += 1) begin(slots, busy)
  expect(slots.take(busy)).toBe(false)
  expect(slots.next()).toBeUndefined()
  expect(slots.take(other)).toBe(true)
})

test('who wants none any more is not asked', () => {
  const slots = new Slots<User>(1)
  const [first, second] = [new User('first'), new User('second')]
  begin(slots, first)
  slots.take(second)
  slots.leave(second)
  end(slots, first)
  expect(slots.next()).toBeUndefined()
})

test('whatever begins and ends, next is among the waiting who have the fewest under way', () => {
  const step = record({ user: nat(4), begins: boolean() })
  assert(
    property(array(step, { maxLength: 200 }), (steps) => {
      const slots = new Slots<User>(6)
      const users = Array.from({ length: 5 }, (_, index) => new User(`user ${index}`))
      const waiting = new Set<User>()
      for (const { user: index, begins } of steps) {
        const user = users[index]
        if (user === undefined) throw new Error('there are five')
        if (begins) wantsOne(slots, user, waiting)
        else if (user.inFlight > 0) endsOne(slots, user, waiting)
      }
    }),
  )
})

test('where all want slots all the time none that has none waits for more than a turn of each other', () => {
  assert(
    property(array(nat(1_000), { minLength: 100, maxLength: 600 }), (ends) => {
      const slots = new Slots<User>(8)
      const users = Array.from({ length: 12 }, (_, index) => new User(`user ${index}`))
      const waited = new Map(users.map((user) => [user, 0]))
      const pump = (user: User): void => {
        while (slots.take(user)) {
          user.inFlight += 1
          for (const each of users) waited.set(each, each.inFlight > 0 ? 0 : waited.get(each)! + 1)
          expect(Math.max(...waited.values())).toBeLessThanOrEqual(8 + users.length)
        }
      }
      // the first one comes alone, and takes all there is
      for (const user of users) pump(user)
      for (const which of ends) {
        const busy = users.flatMap((user) => Array.from({ length: user.inFlight }, () => user))
        const ended = busy[which % busy.length]!
        end(slots, ended)
        for (let next = slots.next(); next !== undefined; next = slots.next()) pump(next)
        pump(ended)
      }
    }),
  )
})

function wantsOne(slots: Slots<User>, user: User, waiting: Set<User>): void {
  if (slots.take(user)) {
    user.inFlight += 1
    slots.leave(user)
    waiting.delete(user)
  } else waiting.add(user)
}

function endsOne(slots: Slots<User>, user: User, waiting: Set<User>): void {
  end(slots, user)
  const next = slots.next()
  if (next === undefined) return
  expect(waiting.has(next)).toBe(true)
  expect(next.inFlight).toBe(Math.min(...[...waiting].map(({ inFlight }) => inFlight)))
  waiting.delete(next)
  begin(slots, next)
}

function begin(slots: Slots<User>, user: User): void {
  expect(slots.take(user)).toBe(true)
  user.inFlight += 1
}

function end(slots: Slots<User>, user: User): void {
  user.inFlight -= 1
  slots.give(user)
}

import { admitTtl, spendTtl, withAttributes, type CloudEvent, type Spent } from '@millrace/core'
import { expect, test } from 'vitest'

import { eventOf, readBinary, readStructured } from '../event/http-messages.ts'

test('knativebrokerttl is 255 unless set', () => {
  expect(left(admitTtl(event(undefined)))).toBe(255)
})

test.each(['', 'many', '1.5', '12345678901'])(
  'knativebrokerttl %j is no integer, and counts as unset',
  (ttl) => {
    expect(left(admitTtl(event(ttl)))).toBe(255)
  },
)

test('a hop is spent at ingress where it is set, as header or as number', () => {
  expect(left(admitTtl(event('10')))).toBe(9)
  expect(left(admitTtl(eventOf(readStructured({ knativebrokerttl: 10 }))))).toBe(9)
  expect(left(admitTtl(event('1000')))).toBe(999)
})

test.each(['1', '0', '-5'])('knativebrokerttl %s is spent at ingress: 400', (ttl) => {
  expect(admitTtl(event(ttl))).toMatchObject({
    kind: 'spent',
    problem: { code: 'ttl-spent', status: 400, attribute: 'knativebrokerttl' },
  })
})

test('replies and dead letters to an addressable spend a hop', () => {
  expect(left(spendTtl(event('255')))).toBe(254)
  expect(left(spendTtl(event('2')))).toBe(1)
  expect(spendTtl(event('1')).kind).toBe('spent')
  expect(left(spendTtl(event(undefined)))).toBe(254)
})

test('a loop ends: after 255 hops the count is spent', () => {
  let hops = 0
  for (let spent = admitTtl(event(undefined)); spent.kind === 'ok'; spent = spendTtl(spent.event)) hops++
  expect(hops).toBe(255)
})

test('data and other attributes stay', () => {
  const before = event('5')
  const spent = spendTtl(before)
  expect(spent).toEqual({ kind: 'ok', event: withAttributes(before, { knativebrokerttl: 4 }) })
})

function event(ttl: string | undefined): CloudEvent {
  return eventOf(readBinary(ttl === undefined ? {} : { 'ce-knativebrokerttl': ttl }, 'data'))
}

function left(spent: Spent): unknown {
  return spent.kind === 'ok' ? spent.event.attributes.knativebrokerttl : undefined
}

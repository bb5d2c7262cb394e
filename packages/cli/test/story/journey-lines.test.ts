import { expect, test } from 'vitest'
import { journeyLines } from '../../src/story/journey-lines.ts'
import type { Journey, JourneyDelivery } from '../../src/story/journey.ts'
import { recordingTerminal } from '../recording-terminal.ts'

const now = Date.parse('2026-12-24T18:00:10.000Z')
const at = '2026-12-24T18:00:00.000Z'
const route = { trigger: 't', kind: 'Trigger', namespace: 'default' }

function lines(parts: Partial<Journey>): string[] {
  const journey = {
    addressable: '/default/default',
    acceptedAt: at,
    event: { id: 'o-1', type: 'order' },
    deliveries: [],
    unmatched: [],
    ...parts,
  }
  return journeyLines(journey, recordingTerminal(), now)
}

test('each trigger with its state and its attempts, and what to do', () => {
  const deliveries: JourneyDelivery[] = [
    { ...route, trigger: 'print', state: 'delivered', attempts: [{ n: 1, at }], ms: 12 },
    {
      ...route,
      trigger: 'flaky',
      state: 'retrying',
      due: '2026-12-24T18:00:12.500Z',
      attempts: [{ n: 1, at, error: 'connect ECONNREFUSED 127.0.0.1:9', ms: 3 }],
    },
    {
      ...route,
      trigger: 'failing',
      state: 'dead',
      reason: 'the answer was 400',
      attempts: [{ n: 1, at, code: 400, body: 'no such order', ms: 12 }],
      deadLetter: '14',
    },
  ]
  const unmatched = [{ trigger: 'gold', clause: 'exact tier = "gold"' }]
  expect(lines({ deliveries, unmatched })).toEqual([
    'o-1  order',
    `accepted  at /default/default, ${at} (10s ago)`,
    '  print    delivered in 12 ms',
    `           attempt 1: taken (${at})`,
    '  flaky    retrying, again in 2.5 s',
    `           attempt 1: connect ECONNREFUSED 127.0.0.1:9 after 3 ms (${at})`,
    '           → start the subscriber, or correct its address in the manifest; it is tried again by itself',
    '  failing  dead: the answer was 400',
    `           attempt 1: 400 after 12 ms "no such order" (${at})`,
    '           → the subscriber refuses it: mend the subscriber, or the event, then: millrace dlq redrive --trigger failing',
    '  gold     unmatched: exact tier = "gold" (the event has none)',
  ])
})

test('an event that no trigger took says how to try another clause', () => {
  const unmatched = [{ trigger: 'a', clause: 'exact type = "x"', value: 'order' }]
  expect(lines({ unmatched }).slice(2)).toEqual([
    'matched   no trigger',
    '  a  unmatched: exact type = "x" (the event has order)',
    '     → change the clause, and try it on the event first: millrace filter --help',
  ])
})

test('a trigger that matches and has no delivery is not called unmatched: it may have been cancelled', () => {
  const unmatched = [{ trigger: 'longer', clause: 'exact type = "x"', value: 'order' }]
  expect(lines({ unmatched, unknown: ['a'] }).slice(2)).toEqual([
    '  a       nothing is known: it was delivered (an archive would say so), cancelled or dropped, or the trigger has matched it only since then',
    '  longer  unmatched: exact type = "x" (the event has order)',
  ])
})

test.each([
  ['paused', 'millrace resume trigger t'],
  ['orphaned', 'millrace get orphans'],
  ['parked', 'millrace keys release'],
])('what is %s says how it goes on', (state, hint) => {
  expect(lines({ deliveries: [{ ...route, state, attempts: [] }] }).at(-1)).toContain(hint)
})

test('the command that lets a paused delivery go on is of its kind and namespace', () => {
  const delivery = { trigger: 's', kind: 'Subscription', namespace: 'shop', state: 'paused', attempts: [] }
  expect(lines({ deliveries: [delivery] }).at(-1)).toContain('millrace resume subscription s -n shop lets')
})

test('what waits for a reference that leads nowhere says which command names it', () => {
  const delivery = { ...route, namespace: 'shop', state: 'waiting', attempts: [] }
  const lost = { ...delivery, reason: 'a reference leads nowhere' }
  expect(lines({ deliveries: [lost] }).slice(2)).toEqual([
    '  t  waiting: a reference leads nowhere',
    '     → declare what it names: millrace get triggers -n shop says what is missing',
  ])
  expect(lines({ deliveries: [delivery] }).slice(2)).toEqual(['  t  waiting'])
})

test('an expression that failed says what the event lacks, once', () => {
  const unmatched = [{ trigger: 'a', clause: 'cesql amount > 10', value: 'the event has no amount' }]
  expect(lines({ unmatched })[3]).toBe('  a  unmatched: cesql amount > 10 (the event has no amount)')
})

test.each([
  ['knativebrokerttl is spent (a loop?)', {}, 'break the loop'],
  ['dispatch error: timeout', { error: 'timeout' }, 'spec.delivery.timeout'],
  ['the answer was 500', { code: 500 }, "the subscriber's own log, then: millrace dlq redrive --trigger t"],
])('a dead letter because %s says what to mend', (reason, last, hint) => {
  const attempts = [{ n: 1, at, ...last }]
  const dead = { ...route, state: 'dead', reason, attempts, deadLetter: '14' }
  expect(lines({ deliveries: [dead] }).at(-1)).toContain(hint)
})

test('a dead letter that rests here is redriven by its trigger in its namespace, and no other is', () => {
  const dead = { ...route, namespace: 'shop', state: 'dead', attempts: [{ n: 1, at, code: 500 }] }
  expect(lines({ deliveries: [{ ...dead, deadLetter: '14' }] }).at(-1)).toMatch(/--trigger shop\/t$/)
  expect(lines({ deliveries: [dead] }).at(-1)).toMatch(/log; no dead letter rests here: it went to its sink/)
})

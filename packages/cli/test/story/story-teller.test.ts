import { describe, expect, test } from 'vitest'
import type { Step } from '../../src/story/step.ts'
import { StoryTeller } from '../../src/story/story-teller.ts'
import { recordingTerminal } from '../recording-terminal.ts'

const head = {
  time: '2026-12-24T18:00:00.000Z',
  addressable: '/default/default',
  event: { id: 'o-1', source: '/s', type: 'order' },
}

function tell(...steps: readonly Step[]): string[] {
  const teller = new StoryTeller({ terminal: recordingTerminal() })
  return steps.flatMap((step) => teller.lines(step))
}

test('the way of an event, in columns', () => {
  const failed = { ...head, step: 'attempt', trigger: 'flaky', code: 503, ms: 3 } as const
  expect(
    tell(
      { ...head, step: 'accepted', matched: ['print', 'flaky'], of: 4 },
      { ...failed, attempt: 1, outcome: 'retry', due: '2026-12-24T18:00:00.400Z' },
      { ...failed, attempt: 2, code: 200, outcome: 'delivered' },
      { ...head, step: 'delivered', trigger: 'flaky', attempts: 2, ms: 411 },
      { ...head, step: 'delivered', trigger: 'print', attempts: 1, ms: 7 },
    ),
  ).toEqual([
    'o-1         accepted  order, matched 2 of 4 triggers: print, flaky',
    'o-1         flaky     attempt 1: 503, again in 0.4 s',
    'o-1         flaky     delivered in 0.4 s, with attempt 2',
    'o-1         print     delivered in 7 ms',
  ])
})

test('a longer name widens its column from there on', () => {
  const delivered = { ...head, step: 'delivered', attempts: 1, ms: 7 } as const
  const long = { ...delivered, trigger: 'notifications' }
  expect(tell({ ...delivered, trigger: 'a' }, long, { ...delivered, trigger: 'a' })).toEqual([
    'o-1         a         delivered in 7 ms',
    'o-1         notifications  delivered in 7 ms',
    'o-1         a              delivered in 7 ms',
  ])
})

describe('what did not arrive', () => {
  test('an attempt without an answer has the error', () => {
    const due = '2026-12-24T18:01:10.000Z'
    const step = {
      ...head,
      step: 'attempt',
      trigger: 't',
      attempt: 3,
      error: 'timeout',
      ms: 5,
      outcome: 'retry',
    } as const
    expect(tell({ ...step, due })).toEqual(['o-1         t         attempt 3: timeout, again in 1m10s'])
  })

  test('the last attempt is told too, and what follows from it', () => {
    const step = {
      ...head,
      step: 'attempt',
      trigger: 't',
      attempt: 2,
      code: 500,
      ms: 5,
      outcome: 'dead',
    } as const
    expect(tell(step)).toEqual(['o-1         t         attempt 2: 500'])
  })

  test('a step of a newer server is passed over', () => {
    expect(tell({ ...head, step: 'postponed' } as unknown as Step)).toEqual([])
  })

  test('a dead letter has its reason, and says where it was not the subscriber', () => {
    const dead = { ...head, step: 'dead', trigger: 't', reason: 'the answer was 400', code: 400 } as const
    expect(tell(dead, { ...dead, to: 'reply' })).toEqual([
      'o-1         t         dead letter: the answer was 400',
      'o-1         t (reply)  dead letter: the answer was 400',
    ])
  })

  test('a trigger that did not match has its clause and what the event has there', () => {
    const why = [
      { trigger: 'a', clause: 'exact type = "x"', value: 'order' },
      { trigger: 'b', clause: 'exact tier = "gold"' },
    ]
    expect(tell({ ...head, step: 'unmatched', why }, { ...head, step: 'unmatched' })).toEqual([
      'o-1         a         not matched: exact type = "x" (the event has order)',
      'o-1         b         not matched: exact tier = "gold" (the event has none)',
    ])
  })

  test('what was missed is counted', () => {
    expect(tell({ step: 'missed', count: 12 })).toEqual(['missed 12: they came faster than they were read'])
  })
})

test("a producer's control characters reach no terminal", () => {
  const event = { id: '\u001b[2Jid', source: '/s', type: 'a\nb' }
  const [line] = tell({ ...head, event, step: 'accepted', matched: [], of: 1 })
  expect(line).toBe('\\u001b[2Jid  accepted  a b, matched 0 of 1 trigger')
})

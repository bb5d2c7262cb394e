import { expect, test } from 'vitest'
import type { Condition } from '@millrace/resources'
import { ConditionTimes } from '../../src/control/condition-times.ts'

const trigger = {
  kind: 'Trigger',
  metadata: { namespace: 'a', name: 't', annotations: {}, labels: {} },
}

function statuses(status: Condition['status'], reason?: string) {
  const condition: Condition = { type: 'Ready', status, ...(reason === undefined ? {} : { reason }) }
  return new Map([['Trigger a/t', { conditions: [condition] }]])
}

test('a condition keeps its time until its status changes', () => {
  const times = new ConditionTimes()
  const since = (): string | undefined =>
    times.of(trigger, [{ type: 'Ready', status: 'True' }])[0]?.lastTransitionTime
  times.update(statuses('False', 'A'), 0)
  times.update(statuses('False', 'B'), 1_000)
  expect(since()).toBe('1970-01-01T00:00:00.000Z')
  times.update(statuses('True'), 2_000)
  expect(since()).toBe('1970-01-01T00:00:02.000Z')
})

test('a resource that went and came again begins anew', () => {
  const times = new ConditionTimes()
  times.update(statuses('True'), 0)
  times.update(new Map(), 1_000)
  times.update(statuses('True'), 2_000)
  expect(times.of(trigger, [{ type: 'Ready', status: 'True' }])).toMatchObject([
    { lastTransitionTime: '1970-01-01T00:00:02.000Z' },
  ])
})

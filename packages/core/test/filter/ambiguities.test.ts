import { ambiguitiesOf } from '@millrace/core'
import { expect, test } from 'vitest'

test('every expression that Knative would read otherwise is named with its path', () => {
  const unclear = { cesql: 'a AND b OR c' }
  const clear = { cesql: 'a AND (b OR c)' }
  const readings = { leftToRight: '(a AND b) OR c', rightToLeft: 'a AND (b OR c)' }
  expect(
    ambiguitiesOf({
      filters: [clear, { any: [{ not: unclear }, { all: [{ exact: { type: 'a' } }, unclear] }] }],
    }),
  ).toEqual([
    { path: 'filters[1].any[0].not.cesql', ...readings },
    { path: 'filters[1].any[1].all[1].cesql', ...readings },
  ])
  expect(ambiguitiesOf({ attributes: { type: 'a' } })).toEqual([])
})

import { expect, test } from 'vitest'
import { orderingKey } from '../../src/index.ts'

const attributes = {
  specversion: '1.0',
  id: '1',
  source: '/s',
  type: 't',
  subject: '',
  partitionkey: 'k',
  n: 7,
}

test.each([
  [['partitionkey'], 'k'],
  [['n'], '7'],
  [['partitionkey', 'n'], 'k,7'],
  [['missing', 'partitionkey'], ',k'],
  [['missing'], undefined],
  [['missing', 'subject'], undefined],
])('the key by %j is %s', (names, key) => {
  expect(orderingKey(attributes, names)).toBe(key)
})

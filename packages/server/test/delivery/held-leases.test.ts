import { latch } from '@millrace/testkit'
import type { Lease } from '@millrace/storage'
import { expect, test } from 'vitest'
import { HeldLeases } from '../../src/delivery/held-leases.ts'

const lease: Lease = {
  id: '1-1',
  route: 1,
  attempts: 0,
  firstAttempt: undefined,
  interruptions: 0,
  key: undefined,
  record: undefined,
}

test('while the store is sure nothing is asked', () => {
  const renew = (): Promise<void> => Promise.reject(new Error('nobody should ask'))
  const leases = new HeldLeases({ holds: () => true, renew }, () => undefined)
  expect(leases.areSure).toBe(true)
})

test('where it is not it is asked once, and what waits goes on when it is sure again', async () => {
  let isSure = false
  const renewals: (() => void)[] = []
  const asked = latch(1)
  const renew = (): Promise<void> => new Promise((resolve) => void renewals.push(resolve))
  const leases = new HeldLeases({ holds: () => isSure, renew }, () => asked.countDown())
  for (let n = 0; n < 3; n += 1) expect(leases.areSure).toBe(false)
  expect(renewals).toHaveLength(1)
  isSure = true
  renewals[0]?.()
  await asked.open
  expect(leases.areSure).toBe(true)
})

test('what was lost is known by its lease', () => {
  const leases = new HeldLeases({ holds: () => true, renew: async () => undefined }, () => undefined)
  leases.lose([lease])
  expect(leases.hasLost(lease)).toBe(true)
  expect(leases.hasLost({ ...lease })).toBe(false)
})

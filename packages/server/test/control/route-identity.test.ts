import { expect, test } from 'vitest'
import { isNamed, routeIdentity } from '../../src/control/route-identity.ts'
import { brokerWith, compiled } from '../topology-of.ts'

test('every route’s identity says what the route says', async () => {
  const { topology } = await compiled(brokerWith('shop', ['first', 'second']))
  expect(topology.routes.size).toBe(2)
  for (const { id, addressable, kind, namespace, name, role } of topology.routes.values())
    expect(routeIdentity(id)).toEqual({ addressable, kind, namespace, name, role })
})

test('NAME means a trigger in every namespace, NAMESPACE/NAME one', () => {
  const identity = routeIdentity('/shop/default|Trigger|shop/first|subscriber')
  expect(['first', 'shop/first'].map((words) => isNamed(identity, words))).toEqual([true, true])
  expect(['second', 'other/first', 'shop/', '/first'].map((words) => isNamed(identity, words))).toEqual(
    Array(4).fill(false),
  )
})

import { eventually } from '@millrace/testkit'
import { expect, test } from 'vitest'
import { IngressLoad } from '../../src/ingress/ingress-load.ts'

/** As many as begin in one turn. */
function useUpTurn(load: IngressLoad): void {
  while (!load.turnIsOver) load.begin()
}

test('those that wait have a turn of their own, each its share', async () => {
  const load = new IngressLoad()
  const shares: number[] = []
  useUpTurn(load)
  for (let n = 0; n < 4; n += 1) load.enqueue({ proceed: (most) => shares.push(most) })
  await eventually(() => shares.length === 4)
  expect(shares).toEqual([16, 16, 16, 16])
  expect(load.turnIsOver).toBe(false)
})

test('one that can begin nothing, and stays in the queue, ends no turn and holds none up', async () => {
  const load = new IngressLoad()
  let asked = 0
  const stuck = {
    proceed: () => {
      asked += 1
      if (asked < 10) load.enqueue(stuck)
    },
  }
  useUpTurn(load)
  load.enqueue(stuck)
  await eventually(() => !load.turnIsOver)
  expect(asked).toBe(1)
})

test('so many wait, and no more', () => {
  const load = new IngressLoad()
  let waiting = 0
  while (load.wait()) waiting += 1
  expect(waiting).toBe(16_384)
  load.waitNoMore(1)
  expect(load.wait()).toBe(true)
})

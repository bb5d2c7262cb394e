import { expect, test } from 'vitest'
import { compete, type Sample } from '../../bench/measure/contest.ts'
import { spread } from '../../bench/measure/spread.ts'

function sample(changes: Partial<Sample>): Sample {
  return { cost: 1, accepted: 10, expected: 10, delivered: 10, foreign: 0, ...changes }
}

test('the ratio is the median of rounds, each of two slices that ran beside one another', async () => {
  let load = 1
  const result = await compete(
    {
      // both sides cost more as the machine gets slower, one of them always three times as much
      measured: async () => sample({ cost: 3 * (load += 1) }),
      reference: async () => sample({ cost: load }),
    },
    10,
    1,
  )
  expect(result.rounds).toBe(10)
  expect(result.ratio.median).toBeGreaterThan(2)
  expect(result.ratio.median).toBeLessThan(4)
})

test('rounds with foreign load are dropped and counted, and make the bench no longer than twice', async () => {
  let slices = 0
  const busyAtFirst = async (): Promise<Sample> =>
    sample({ foreign: (slices += 1) <= 8 ? 0.5 : 0, cost: slices })
  const some = await compete({ measured: busyAtFirst, reference: async () => sample({}) }, 10, 1)
  expect(some).toMatchObject({ rounds: 10, dropped: 7, loaded: 0 })
  const always = async (): Promise<Sample> => sample({ foreign: 0.9 })
  expect(await compete({ measured: always, reference: always }, 10, 1)).toMatchObject({
    rounds: 10,
    dropped: 10,
    loaded: 10,
  })
})

test('what was accepted and did not arrive is lost, in any round', async () => {
  let slices = 0
  const losing = async (): Promise<Sample> => sample({ delivered: (slices += 1) === 3 ? 7 : 10 })
  const { lost } = await compete({ measured: losing, reference: async () => sample({}) }, 4, 1)
  expect(lost).toBe(3)
})

test('p20, median and p80 lie between the values around them', () => {
  expect(spread([5, 1, 3, 2, 4, 6])).toEqual({ p20: 2, median: 3.5, p80: 5 })
})

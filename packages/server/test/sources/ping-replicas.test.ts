import { source } from '@millrace/source-ping'
import { TestClock } from '@millrace/source-sdk/conformance'
import { memoryStorage } from '@millrace/storage'
import { expect, test, vi } from 'vitest'
import { SourceStage } from './source-stage.ts'

const ticks = 1_000
const manifest = `apiVersion: sources.knative.dev/v1
kind: PingSource
metadata: {name: s}
spec: {schedule: "* * * * * *", sink: {uri: "http://127.0.0.1:9/"}}`

/** Numbers that look random and are the same each time. */
function numbers(seed: number): () => number {
  let state = seed
  return () => (state = (state * 1_103_515_245 + 12_345) % 2_147_483_648) / 2_147_483_648
}

test(
  'two replicas on one store fire each tick once over 1,000 ticks, while they are killed by turns',
  { timeout: 120_000 },
  async () => {
    const [clock, storage, random] = [new TestClock(), memoryStorage(), numbers(7)]
    const stages: SourceStage[] = []
    const begin = async (): Promise<SourceStage> => {
      const stage = new SourceStage(source, { clock, storage, shared: true })
      stages.push(stage)
      await stage.apply(manifest)
      stage.host.start()
      return stage
    }
    const times = (): string[] =>
      stages.flatMap(({ accepted }) => accepted.map(({ record }) => String(record.event.attributes['time'])))
    const count = (): number => stages.reduce((sum, { accepted }) => sum + accepted.length, 0)
    const pair = [await begin(), await begin()]
    await vi.waitFor(() =>
      expect(pair.every((stage) => stage.condition('Deployed')?.status === 'True')).toBe(true),
    )

    const expected: string[] = []
    let kills = 0
    for (let tick = 1; tick <= ticks; tick += 1) {
      const turn = kills % 2
      const victim = random() < 0.03 ? pair[turn] : undefined
      if (victim !== undefined) {
        victim.kill(random() < 0.5 ? 'at once' : 'after the store')
        kills += 1
      }
      clock.jump(clock.now() + 1_000)
      expected.push(`${new Date(clock.now()).toISOString().slice(0, 19)}Z`)
      // somebody is alive: the tick is stored before the next one comes
      while (count() < tick) await new Promise(setImmediate)
      if (victim !== undefined) {
        await victim[Symbol.asyncDispose]()
        pair[turn] = await begin()
        await vi.waitFor(() => expect(pair[turn]?.condition('Deployed')?.status).toBe('True'))
      }
    }
    expect(kills).toBeGreaterThan(15)
    expect(times().toSorted()).toEqual(expected)
    expect((await storage.stats()).map(({ unsettled }) => unsettled)).toEqual([ticks])
    for (const stage of pair) await stage[Symbol.asyncDispose]()
  },
)

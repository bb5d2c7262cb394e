import { describe, expect, test } from 'vitest'
import type { Advance, AppendResult } from '../storage.ts'
import { bench, bytes, event, leased, leasesOf, spilled, text } from './bench.ts'
import type { Bench } from './bench.ts'
import type { StorageHarness } from './harness.ts'

const key = 'source/at/position'

/** A checkpoint that moves with the events of an append. */
export function advanceRules(harness: StorageHarness): void {
  describe('a checkpoint that moves with an append', () => {
    test('begins where there is none, and goes on from where it is', async () => {
      const it = await bench(harness)
      expect(kinds(await put(it, step(undefined, '2'), '0', '1'))).toEqual(['stored', 'stored'])
      expect(kinds(await put(it, step('2', '3 0'), '2'))).toEqual(['stored'])
      expect(await at(it)).toBe('3 0')
      expect(await it.waiting(it.a)).toEqual(['0', '1', '2'])
    })

    test('is not where the caller took it to be: nothing is stored, and it stays', async () => {
      const it = await bench(harness)
      await it.storage.checkpoints.put(key, bytes('5'))
      for (const from of [undefined, '', '4', '5 '])
        expect(await put(it, step(from, '6'), '4', '5')).toMatchObject([
          { kind: 'refused', reason: 'moved' },
          { kind: 'refused', reason: 'moved' },
        ])
      expect([await at(it), await it.waiting(it.a)]).toEqual(['5', []])
      await it.storage.checkpoints.delete(key)
      expect(await put(it, step('5', '6'), '5')).toMatchObject([{ kind: 'refused', reason: 'moved' }])
      expect(await at(it)).toBeUndefined()
    })

    test('an empty value is one', async () => {
      const it = await bench(harness)
      await put(it, step(undefined, ''), '0')
      expect(await at(it)).toBe('')
      expect(kinds(await put(it, step('', '1'), '1'))).toEqual(['stored'])
    })

    test('is one of the checkpoints: whoever puts it decides where it goes on', async () => {
      const it = await bench(harness)
      await put(it, step(undefined, '9'), '8')
      await it.storage.checkpoints.put(key, bytes('0'))
      expect(kinds(await put(it, step('9', '10'), '9'))).toEqual(['refused'])
      expect(kinds(await put(it, step('0', '9'), '8'))).toEqual(['stored'])
      expect(await it.waiting(it.a)).toEqual(['8', '8'])
    })

    test('moves with duplicates, and with what nobody wants', async () => {
      const it = await bench(harness)
      const once = () => ({ ...event('e', spilled(it.a)), dedupe: { key: 'k', keepMs: 1_000 } })
      await it.storage.append([once()], step(undefined, '1'))
      expect(await it.storage.append([once()], step('1', '2'))).toEqual([{ kind: 'duplicate' }])
      expect(await it.storage.append([event('none')], step('2', '3'))).toEqual([
        { kind: 'stored', leases: [] },
      ])
      expect([await at(it), await it.waiting(it.a)]).toEqual(['3', ['e']])
    })

    test('moves alone where nothing is appended', async () => {
      const it = await bench(harness)
      await put(it, step(undefined, '1 a'), '0')
      expect(await put(it, step('1 a', '1 b'))).toEqual([])
      expect(await at(it)).toBe('1 b')
      expect(await put(it, step('1 a', '1 c'))).toEqual([])
      expect([await at(it), await it.waiting(it.a)]).toEqual(['1 b', ['0']])
    })

    test('gives leases as any append does', async () => {
      const it = await bench(harness)
      const [result] = await it.storage.append(
        [event('e', leased(it.a), spilled(it.b))],
        step(undefined, '1'),
      )
      expect(leasesOf(result!)).toMatchObject([{ route: it.a }])
      expect(await it.waiting(it.b)).toEqual(['e'])
    })

    test('stays where the events are refused for their size', async () => {
      const it = await bench(harness, { ownerBytes: 10 })
      const [result] = await put(it, step(undefined, '1'), '0123456789a')
      expect([result, await at(it)]).toMatchObject([{ reason: 'share' }, undefined])
      expect(kinds(await put(it, step(undefined, '1'), '012'))).toEqual(['stored'])
    })

    test('of many at once one is first, the others are told', async () => {
      const it = await bench(harness)
      const all = await Promise.all(['1', '2', '3'].map((name) => put(it, step(undefined, name), name)))
      expect(all.flatMap(kinds).toSorted()).toEqual(['refused', 'refused', 'stored'])
      expect(await it.waiting(it.a)).toEqual([await at(it)])
    })

    test('one behind the other they are done in their order', async () => {
      const it = await bench(harness)
      const steps = Array.from({ length: 20 }, (_, n) => step(n === 0 ? undefined : `${n}`, `${n + 1}`))
      const all = await Promise.all(steps.map((each, n) => put(it, each, `${n}`)))
      expect(all.flatMap(kinds)).toEqual(steps.map(() => 'stored'))
      expect(await at(it)).toBe('20')
    })

    test('a fan-out of thousands moves it too, or is not there', async () => {
      const it = await bench(harness)
      const ids = Array.from({ length: 1_500 }, (_, n) => `fan-${n}`)
      const routes = [...(await it.storage.routes.register(ids)).values()]
      const fan = () => [event('e', ...routes.map(spilled)), event('small', spilled(it.a))]
      expect(kinds(await it.storage.append(fan(), step('none', '1')))).toEqual(['refused', 'refused'])
      expect(await it.storage.stats()).toEqual([])
      expect(kinds(await it.storage.append(fan(), step(undefined, '1')))).toEqual(['stored', 'stored'])
      expect([await at(it), (await it.storage.stats()).length]).toEqual(['1', 1_501])
    })

    test('two processes that go on from the same place: one does', async () => {
      const it = await bench(harness)
      if (!it.storage.capabilities.shared) return
      const second = await it.second()
      const both = [it.storage, second].map((storage, n) =>
        storage.append([event(`${n}`, spilled(it.a))], step(undefined, '1')),
      )
      const results = (await Promise.all(both)).flat()
      expect(kinds(results).toSorted()).toEqual(['refused', 'stored'])
      expect(await it.waiting(it.a)).toHaveLength(1)
      await second.close()
    })
  })

  describe.each([
    ['before-commit', false],
    ['after-commit', true],
  ] as const)('when the process dies %s', (point, landed) => {
    test('a checkpoint has moved with its events, or both are as they were', async () => {
      const it = await bench(harness)
      await put(it, step(undefined, '1'), '0')
      it.crashAt(point)
      void put(it, step('1', '3'), '1', '2').catch(() => undefined)
      await it.revive()
      await it.declare()
      const there = { at: await at(it), waiting: (await it.waiting(it.a)).toSorted() }
      expect(there).toEqual(landed ? { at: '3', waiting: ['0', '1', '2'] } : { at: '1', waiting: ['0'] })
      // given again, they are there once
      await put(it, step('1', '3'), '1', '2')
      expect((await it.waiting(it.a)).toSorted()).toEqual(['0', '1', '2'])
    })
  })

  if (harness.unsupported?.some((each) => each.case === 'failCommit') === true) return
  describe.each([
    ['is not on disk', false],
    ['is on disk all the same', true],
  ])('when a commit fails and %s', (_how, landed) => {
    test('checkpoints that were to move with it are where they were, and move when it is given again', async () => {
      const it = await bench(harness)
      await put(it, step(undefined, '1'), '0')
      const mended = new Promise<void>((resolve) => {
        it.storage.subscribe({ health: ({ kind }) => kind === 'ok' && resolve() })
      })
      it.failCommit?.(landed)
      const refused = await Promise.all([
        put(it, step('1', '2'), '1'),
        put(it, step('2', '3'), '2'),
        it.storage.append([event('x', spilled(it.a))], { key: 'other', from: undefined, to: '1' }),
      ])
      expect(refused.flat()).toMatchObject(refused.map(() => ({ kind: 'refused', reason: 'unavailable' })))
      await mended
      expect([await at(it), await it.storage.checkpoints.get('other')]).toEqual(['1', undefined])
      await put(it, step('1', '3'), '1', '2')
      expect([await at(it), await it.waiting(it.a)]).toEqual(['3', ['0', '1', '2']])
    })
  })
}

function step(from: string | undefined, to: string): Advance {
  return { key, from, to }
}

function put(it: Bench, advance: Advance, ...names: readonly string[]): Promise<readonly AppendResult[]> {
  return it.storage.append(
    names.map((name) => event(name, spilled(it.a))),
    advance,
  )
}

async function at({ storage }: Bench): Promise<string | undefined> {
  const value = await storage.checkpoints.get(key)
  return value === undefined ? undefined : text(value)
}

function kinds(results: readonly AppendResult[]): readonly AppendResult['kind'][] {
  return results.map(({ kind }) => kind)
}

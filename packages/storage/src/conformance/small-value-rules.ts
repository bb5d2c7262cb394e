import { describe, expect, test } from 'vitest'
import { bench, bytes, spilled } from './bench.ts'
import type { StorageHarness } from './harness.ts'

export function smallValueRules(harness: StorageHarness): void {
  describe('checkpoints', () => {
    test('a value is kept until it is replaced or deleted', async () => {
      const { storage } = await bench(harness)
      const { checkpoints } = storage
      expect(await checkpoints.get('k')).toBeUndefined()
      await checkpoints.put('k', bytes('1'))
      await checkpoints.put('k', bytes('2'))
      expect(await checkpoints.get('k')).toEqual(bytes('2'))
      await checkpoints.delete('k')
      expect(await checkpoints.get('k')).toBeUndefined()
    })

    test('those whose key begins alike are listed, in order of keys', async () => {
      const { storage } = await bench(harness)
      const { checkpoints } = storage
      for (const key of ['b/2', 'a%', 'b/10', 'b', 'c', 'ab']) await checkpoints.put(key, bytes(key))
      expect(await checkpoints.list('b/')).toEqual(entries('b/10', 'b/2'))
      expect(await checkpoints.list('a%')).toEqual(entries('a%'))
      expect(await checkpoints.list('')).toHaveLength(6)
      expect(await checkpoints.list('x')).toEqual([])
    })

    test('an empty value is a value, and the caller keeps its buffer', async () => {
      const { storage } = await bench(harness)
      const value = bytes('x')
      await storage.checkpoints.put('k', value)
      await storage.checkpoints.put('empty', new Uint8Array())
      value[0] = 0
      expect(await storage.checkpoints.get('k')).toEqual(bytes('x'))
      expect(await storage.checkpoints.get('empty')).toEqual(new Uint8Array())
    })
  })

  describe('singletons', () => {
    test('one holder at a time; tokens rise with each', async () => {
      const it = await bench(harness)
      const { singletons } = it.storage
      const first = await singletons.acquire('cron', 'p1', 1_000)
      expect(first).toBeDefined()
      expect(await singletons.acquire('cron', 'p2', 1_000)).toBeUndefined()
      it.clock.now += 1_000
      const second = await singletons.acquire('cron', 'p2', 1_000)
      expect(second).toBeGreaterThan(first!)
    })

    test('a holder renews what it holds, and only that', async () => {
      const it = await bench(harness)
      const { singletons } = it.storage
      const token = await singletons.acquire('cron', 'p1', 1_000)
      it.clock.now += 900
      expect(await singletons.renew('cron', token!, 1_000)).toBe(true)
      it.clock.now += 900
      expect(await singletons.acquire('cron', 'p2', 1_000)).toBeUndefined()
      it.clock.now += 100
      expect(await singletons.renew('cron', token!, 1_000)).toBe(false)
      await singletons.acquire('cron', 'p2', 1_000)
      expect(await singletons.renew('cron', token!, 1_000)).toBe(false)
    })

    test('released, it is free at once; an old token releases nothing', async () => {
      const it = await bench(harness)
      const { singletons } = it.storage
      const token = await singletons.acquire('cron', 'p1', 1_000)
      await singletons.release('cron', token!)
      const next = await singletons.acquire('cron', 'p2', 1_000)
      expect(next).toBeGreaterThan(token!)
      await singletons.release('cron', token!)
      expect(await singletons.acquire('cron', 'p3', 1_000)).toBeUndefined()
    })

    test('who has lost the name changes no checkpoint as its holder any more', async () => {
      const it = await bench(harness)
      const { singletons, checkpoints } = it.storage
      const first = { name: 'cron', token: (await singletons.acquire('cron', 'p1', 1_000))! }
      await checkpoints.put('at', bytes('1'), first)
      it.clock.now += 1_000
      // its time is over, and nobody else has come: it does no harm
      await checkpoints.put('at', bytes('2'), first)
      const second = { name: 'cron', token: (await singletons.acquire('cron', 'p2', 1_000))! }
      await checkpoints.put('at', bytes('3'), second)
      await expect(checkpoints.put('at', bytes('4'), first)).rejects.toMatchObject({ name: 'FencedError' })
      await expect(checkpoints.delete('at', first)).rejects.toMatchObject({ name: 'FencedError' })
      await expect(checkpoints.put('new', bytes('4'), { name: 'none', token: 1 })).rejects.toThrow(/"none"/)
      expect(await checkpoints.list('')).toEqual([['at', bytes('3')]])
      await checkpoints.delete('at', second)
      expect(await checkpoints.get('at')).toBeUndefined()
    })

    test('the same holder takes it again, and its old token is fenced off', async () => {
      const it = await bench(harness)
      const { singletons } = it.storage
      const old = await singletons.acquire('cron', 'p1', 1_000)
      const token = await singletons.acquire('cron', 'p1', 1_000)
      expect(token).toBeGreaterThan(old!)
      expect(await singletons.renew('cron', old!, 1_000)).toBe(false)
    })
  })

  describe('the store itself', () => {
    test('says in one line what a 202 means, and is well', async () => {
      const { storage } = await bench(harness)
      const { durability } = await storage.info()
      expect(durability).not.toContain('\n')
      expect(durability.length).toBeGreaterThan(10)
      expect(storage.health).toEqual({ kind: 'ok' })
    })

    test('closed, it rejects what it is asked, and closing again is nothing', async () => {
      const it = await bench(harness)
      await it.storage.close()
      await it.storage.close()
      await expect(it.put('e', spilled(it.a))).rejects.toMatchObject({ code: 'closed' })
      await expect(it.claim(it.a)).rejects.toMatchObject({ code: 'closed' })
      await expect(it.storage.stats()).rejects.toMatchObject({ code: 'closed' })
    })

    test('close waits for what was asked', async () => {
      const it = await bench(harness)
      const asked = it.put('e', spilled(it.a))
      await it.storage.close()
      expect(await asked).toMatchObject({ kind: 'stored' })
    })

    test('knows the processes that work on it: this one, and in a shared store the others', async () => {
      const it = await bench(harness)
      const alone = await it.storage.members()
      expect(alone).toMatchObject([{ pid: process.pid }])
      expect(alone[0]!.host).not.toBe('')
      expect(alone[0]!.id).toBe(it.storage.member)
      if (!it.storage.capabilities.shared) return
      const second = await it.second()
      expect(new Set((await second.members()).map(({ id }) => id)).size).toBe(2)
      await second.close()
      expect(await it.storage.members()).toEqual(alone)
    })

    test('a checkpoint that another process changes is announced, and none of its own', async () => {
      const it = await bench(harness)
      if (!it.storage.capabilities.shared) return
      const second = await it.second()
      const heard: string[] = []
      const said = new Promise<void>((resolve) => {
        second.subscribe({
          checkpoint: (key) => {
            heard.push(key)
            if (key === 'last') resolve()
          },
        })
      })
      await second.checkpoints.put('own', bytes('1'))
      await it.storage.checkpoints.put('paused/x', bytes('1'))
      await it.storage.checkpoints.delete('paused/x')
      await it.storage.checkpoints.put('last', bytes('1'))
      await said
      expect(heard).toEqual(['paused/x', 'paused/x', 'last'])
      await second.close()
    })

    test('renew is always possible', async () => {
      const { storage } = await bench(harness)
      await expect(storage.renew()).resolves.toBeUndefined()
    })

    test('a second process shares it, or is refused', async () => {
      const it = await bench(harness)
      if (it.storage.capabilities.shared) {
        const second = await it.second()
        expect(second.health.kind).toBe('ok')
        await second.close()
      } else await expect(it.second()).rejects.toMatchObject({ name: 'StorageOpenError', code: 'held' })
    })
  })
}

function entries(...keys: readonly string[]) {
  return keys.map((key) => [key, bytes(key)])
}

import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { SourceError } from '../source-error.ts'
import type { Rule, SourceHarness, Upstream } from './harness.ts'
import { TestClock } from './test-clock.ts'
import { TestHost, type TestManifest } from './test-host.ts'
import { TestStore, type CrashPoint } from './test-store.ts'

const crashPoints: readonly CrashPoint[] = ['before the store has it', 'before emit resolves']
/** Of a run that has been told to stop (the contract gives it as long). */
const stopMs = 5_000
const many = 250
/** How long a fact is waited for: upstream may be a server of its own. */
const patience = { timeout: 10_000 }

/** Waits for events. */
async function arrived(store: TestStore, ids: readonly string[]): Promise<void> {
  await vi.waitFor(() => expect(store.ids()).toEqual(expect.arrayContaining([...ids])), patience)
}

/** What every source holds, whatever is upstream. */
export function sourceConformance(name: string, harness: SourceHarness): void {
  const { source, badCredentials, pulls, mostOutstanding = 100, without = {} } = harness

  async function open(): Promise<{ upstream: Upstream; store: TestStore; clock: TestClock }> {
    const upstream = await harness.open()
    onTestFinished(() => upstream[Symbol.asyncDispose]())
    return { upstream, store: new TestStore(), clock: new TestClock() }
  }

  /** Another process on the same store, with the same upstream. */
  function start(
    { upstream, store, clock }: { upstream: Upstream; store: TestStore; clock: TestClock },
    manifest: TestManifest = upstream.manifest,
  ): TestHost {
    const http = upstream.http ?? (() => Promise.reject(SourceError.retryable('there is nobody')))
    const host = new TestHost({ source, manifest, store, clock, http })
    host.start()
    onTestFinished(() => host.stop())
    return host
  }

  /** A rule that a harness may say not to apply, with the reason. */
  function rule(what: Rule, test: () => Promise<void>): void {
    const reason = without[what]
    const excuse = reason === undefined ? '' : `: does not apply, ${reason}`
    it(`${what}${excuse}`, reason === undefined ? test : () => expect(reason).not.toBe(''))
  }

  describe(`${name}, a source`, () => {
    it('declares its kind as the host reads it', () => {
      const { kind, plural, apiVersions, conditions, spec } = source.kind
      expect(kind).toMatch(/^[A-Z][A-Za-z0-9]*$/)
      expect(plural).toBe(plural.toLowerCase())
      expect(apiVersions[0]).toMatch(/^[a-z0-9.-]+\/v\d/)
      expect(conditions.length).toBeGreaterThan(0)
      expect(Object.keys(spec.properties)).not.toContain('sink')
      expect(Object.keys(spec.properties)).not.toContain('ceOverrides')
      expect(Object.keys(spec.properties)).toEqual(expect.arrayContaining([...(spec.required ?? [])]))
    })

    it('hands on what happens upstream, each once', async () => {
      const parts = await open()
      const ids = await parts.upstream.happen(3, start(parts))
      expect(ids).toHaveLength(3)
      await arrived(parts.store, ids)
      expect(parts.store.ids().toSorted()).toEqual([...ids].toSorted())
    })

    it.each(crashPoints)('loses and doubles nothing where the process dies %s', async (point) => {
      const parts = await open()
      const { upstream, store } = parts
      const first = start(parts)
      store.crash = point
      const ids = await upstream.happen(2, first)
      await vi.waitFor(() => expect(first.crashed).toBe(true), patience)
      await first.stop()
      const second = start(parts)
      await upstream.again?.(second)
      const more = await upstream.happen(1, second)
      await arrived(store, [...ids, ...more])
      expect(store.ids().toSorted()).toEqual([...ids, ...more].toSorted())
    })

    it('goes on where it was after a stop', async () => {
      const parts = await open()
      const { upstream, store } = parts
      const first = start(parts)
      const before = await upstream.happen(2, first)
      await arrived(store, before)
      await first.stop()
      const after = await upstream.happen(2, start(parts))
      await arrived(store, after)
      expect(store.ids().toSorted()).toEqual([...before, ...after].toSorted())
    })

    it('keeps little in its hands while the store refuses, and hands on all when it takes again', async () => {
      const parts = await open()
      const { upstream, store } = parts
      const host = start(parts)
      store.refuses = true
      const happening = upstream.happen(many, host)
      await vi.waitFor(() => expect(host.mostOutstanding).toBeGreaterThan(0), patience)
      expect(store.events).toEqual([])
      store.refuses = false
      host.nudge()
      const ids = await happening
      await arrived(store, ids)
      expect(host.mostOutstanding).toBeLessThanOrEqual(mostOutstanding)
      expect(new Set(store.ids())).toEqual(new Set(ids))
    })

    it('stops in time', { timeout: stopMs }, async () => {
      const parts = await open()
      const host = start(parts)
      await arrived(parts.store, await parts.upstream.happen(1, host))
      await host.stop()
    })

    it('stops in time while the store refuses', { timeout: stopMs }, async () => {
      const parts = await open()
      const host = start(parts)
      parts.store.refuses = true
      void parts.upstream.happen(1, host).catch(() => undefined)
      await vi.waitFor(() => expect(host.mostOutstanding).toBeGreaterThan(0), patience)
      await host.stop()
      expect(parts.store.events).toEqual([])
    })

    rule('resumes after upstream was away', async () => {
      const parts = await open()
      const { upstream, store } = parts
      if (upstream.away === undefined || upstream.back === undefined)
        throw new Error('the harness needs away and back, or says in `without` why there are none')
      const host = start(parts)
      await arrived(store, await upstream.happen(1, host))
      await upstream.away()
      await upstream.back()
      host.nudge()
      await arrived(store, await upstream.happen(2, host))
    })

    rule('bad credentials are said, with a reason', async () => {
      if (badCredentials === undefined)
        throw new Error('the harness needs badCredentials, or says in `without` why there are none')
      const parts = await open()
      const { upstream, store } = parts
      const host = start(parts, badCredentials(upstream.manifest))
      if (pulls ?? source.handle === undefined) {
        await vi.waitFor(() => {
          const failing = [...host.conditions.values()].find(({ status }) => status === 'False')
          expect(failing?.reason).toMatch(/^[A-Z][A-Za-z]+$/)
          expect(failing?.message).not.toBe('')
        }, patience)
      } else await expect(upstream.happen(1, host)).rejects.toThrow('unauthorized')
      expect(store.events).toEqual([])
    })

    it('says no secret, in whatever it says', async () => {
      const parts = await open()
      const { upstream, store } = parts
      const manifests = [
        upstream.manifest,
        ...(badCredentials === undefined ? [] : [badCredentials(upstream.manifest)]),
      ]
      for (const manifest of manifests) {
        const host = start(parts, manifest)
        const ids = await upstream.happen(1, host).catch(() => [])
        if (manifest === upstream.manifest) await arrived(store, ids)
        await host.stop()
        const values = Object.values(manifest.secrets ?? {}).flatMap((secret) => Object.values(secret))
        for (const value of values.flatMap((text) => text.split('\n')).filter((line) => line !== ''))
          for (const line of host.said) expect(line).not.toContain(value)
      }
    })
  })
}

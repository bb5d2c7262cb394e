import { describe, expect, onTestFinished, test } from 'vitest'
import { JobError } from '../errors.ts'
import type { HeldJob, Job, JobRun, Jobs } from '../port/jobs.ts'
import { bench } from './bench.ts'
import type { StorageHarness } from './harness.ts'

const job = { id: 'redrive-1', kind: 'redrive', input: { trigger: 'a' } } as const
/** A dead process's job is taken over once its time is over. */
const takeoverMs = 30_000

export function jobRules(harness: StorageHarness): void {
  describe('jobs', () => {
    test('one that is added is done once, with what it was given; what it saved is kept with it', async () => {
      const { jobs } = (await bench(harness)).storage
      const runs: Job[] = []
      working(jobs, async (held) => {
        runs.push(held.job)
        await held.save({ done: 1, total: 2 })
        await held.save({ done: 2, total: 2 })
      })
      expect(await jobs.add(job)).toMatchObject({ ...job, state: 'waiting', progress: {} })
      const done = await ended(jobs, job.id)
      expect(done).toMatchObject({ ...job, state: 'done', progress: { done: 2, total: 2 } })
      expect(done.endedAt).toBeGreaterThan(0)
      expect(runs).toMatchObject([{ ...job, state: 'running', progress: {} }])
      expect(await jobs.list()).toEqual([done])
    })

    test('the same id again is the same job, also when it has ended', async () => {
      const { jobs } = (await bench(harness)).storage
      let runs = 0
      working(jobs, async () => void (runs += 1))
      await Promise.all([jobs.add(job), jobs.add(job)])
      await ended(jobs, job.id)
      expect(await jobs.add({ ...job, input: {} })).toMatchObject({ ...job, state: 'done' })
      await jobs.add({ ...job, id: 'redrive-2' })
      await ended(jobs, 'redrive-2')
      expect(runs).toBe(2)
      expect((await jobs.list()).map(({ id }) => id)).toEqual(['redrive-1', 'redrive-2'])
    })

    test(
      'one whose process dies is gone on with from what was saved last',
      { timeout: 2 * takeoverMs },
      async () => {
        const it = await bench(harness)
        const { storage } = it
        const saved = Promise.withResolvers<void>()
        working(storage.jobs, async (held) => {
          await held.save({ after: '41' })
          saved.resolve()
          return new Promise(() => {})
        })
        await storage.jobs.add(job)
        await saved.promise
        await it.crash()
        if (!it.storage.capabilities.durable && (await it.storage.jobs.list()).length === 0) return
        const seen: unknown[] = []
        working(it.storage.jobs, async (held) => void seen.push(held.job.progress))
        const done = await ended(it.storage.jobs, job.id, takeoverMs)
        expect(done).toMatchObject({ state: 'done', progress: { after: '41' } })
        expect(seen).toEqual([{ after: '41' }])
      },
    )

    test('one that is under way when the process stops is left to the next, at once', async () => {
      const it = await bench(harness)
      const saved = Promise.withResolvers<void>()
      const first = working(it.storage.jobs, async (held) => {
        await held.save({ after: '7' })
        saved.resolve()
        await aborted(held)
      })
      await it.storage.jobs.add(job)
      await saved.promise
      await first.stop()
      expect((await it.storage.jobs.get(job.id))?.endedAt).toBeUndefined()
      await it.reopen()
      const seen: unknown[] = []
      working(it.storage.jobs, async (held) => void seen.push(held.job.progress))
      await ended(it.storage.jobs, job.id)
      expect(seen).toEqual([{ after: '7' }])
    })

    test('cancelled while it waits, it is never begun; while it runs, it is told and ends', async () => {
      const { jobs } = (await bench(harness)).storage
      const begun: string[] = []
      const running = Promise.withResolvers<void>()
      working(jobs, async (held) => {
        begun.push(held.job.id)
        await held.save({ done: 1 })
        running.resolve()
        await aborted(held)
      })
      await jobs.add(job)
      await running.promise
      await jobs.add({ ...job, id: 'second' })
      expect(await jobs.cancel('second')).toBe(true)
      expect(await jobs.cancel(job.id)).toBe(true)
      expect(await ended(jobs, job.id)).toMatchObject({ state: 'cancelled', progress: { done: 1 } })
      expect(await ended(jobs, 'second')).toMatchObject({ state: 'cancelled' })
      await jobs.add({ ...job, id: 'third' })
      await until(async () => begun.includes('third'))
      expect(begun).toEqual([job.id, 'third'])
      expect(await jobs.cancel(job.id)).toBe(false)
      expect(await jobs.cancel('unknown')).toBe(false)
    })

    test('one that can never be done fails with the reason; another error is tried again', async () => {
      const { jobs } = (await bench(harness)).storage
      let tries = 0
      working(jobs, async (held) => {
        if (held.job.kind === 'never') throw new JobError('the trigger is gone')
        await held.save({ tries: (tries += 1) })
        if (tries === 1) throw new Error('not now')
      })
      await jobs.add({ ...job, id: 'n', kind: 'never' })
      expect(await ended(jobs, 'n')).toMatchObject({ state: 'failed', error: 'the trigger is gone' })
      await jobs.add(job)
      expect(await ended(jobs, job.id)).toMatchObject({ state: 'done', progress: { tries: 2 } })
    })

    test('one that has ended can be forgotten, and only that', async () => {
      const { jobs } = (await bench(harness)).storage
      await jobs.add(job)
      await jobs.forget(job.id)
      expect(await jobs.get(job.id)).toMatchObject({ state: 'waiting' })
      working(jobs, async () => undefined)
      await ended(jobs, job.id)
      await jobs.forget(job.id)
      expect(await jobs.get(job.id)).toBeUndefined()
      expect(await jobs.list()).toEqual([])
    })

    test('of several processes one does it; each sees how far it is, and may cancel it', async () => {
      const it = await bench(harness)
      if (!it.storage.capabilities.shared) return
      const other = await it.second()
      onTestFinished(() => other.close())
      const runs: string[] = []
      const hanging = Promise.withResolvers<void>()
      const run: JobRun = async (held) => {
        runs.push(held.job.id)
        await held.save({ done: 3 })
        if (held.job.id !== 'hangs') return
        hanging.resolve()
        await aborted(held)
      }
      working(it.storage.jobs, run)
      working(other.jobs, run)
      const ids = Array.from({ length: 8 }, (_, n) => `job-${n}`)
      await Promise.all(ids.flatMap((id) => [it.storage, other].map(({ jobs }) => jobs.add({ ...job, id }))))
      for (const id of ids) await ended(other.jobs, id)
      expect(runs.toSorted()).toEqual(ids)
      await it.storage.jobs.add({ ...job, id: 'hangs' })
      await hanging.promise
      expect(await other.jobs.get('hangs')).toMatchObject({ state: 'running', progress: { done: 3 } })
      expect(await other.jobs.cancel('hangs')).toBe(true)
      expect(await ended(it.storage.jobs, 'hangs')).toMatchObject({ state: 'cancelled' })
    })
  })
}

/** Works on the jobs until the test is over. */
function working(jobs: Jobs, run: JobRun): { stop(): Promise<void> } {
  const end = new AbortController()
  const running = jobs.work(run, end.signal)
  const stop = async (): Promise<void> => {
    end.abort()
    await running.catch(() => undefined)
  }
  onTestFinished(async () => {
    end.abort()
  })
  return { stop }
}

async function ended(jobs: Jobs, id: string, timeoutMs?: number): Promise<Job> {
  return until(async () => {
    const found = await jobs.get(id)
    return found?.state === 'waiting' || found?.state === 'running' ? undefined : found
  }, timeoutMs)
}

function aborted({ signal }: HeldJob): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
  })
}

const usualTimeoutMs = 10_000
const everyMs = 10

async function until<T>(look: () => Promise<T | undefined | false>, timeoutMs = usualTimeoutMs): Promise<T> {
  let found: T | undefined | false
  await expect
    .poll(async () => Boolean((found = await look())), { timeout: timeoutMs, interval: everyMs })
    .toBe(true)
  return found as T
}

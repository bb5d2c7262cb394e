import { setTimeout as delay } from 'node:timers/promises'
import type { DeadLetter, HeldJob, Storage } from '@millrace/storage'
import type { RedriveInput, ShownProgress } from '../job-inputs.ts'
import { goneBefore, redriveTarget, type RedriveTarget, type RedriveTopology } from '../redrive-target.ts'

const lettersAtOnce = 100
const countedAtOnce = 500
const mostSkipsKept = 100

export interface RedriveJobOptions {
  readonly storage: Pick<Storage, 'deadLetters' | 'stats'>
  readonly topology: RedriveTopology
}

interface Progress extends ShownProgress {
  readonly done: number
  readonly skipped: number
  readonly skips: NonNullable<ShownProgress['skips']>
  readonly total?: number
  /** The last letter of the steps that are through. */
  readonly after?: string
  /** Of the step that is under way: should it be broken off, those that are gone were redriven. */
  readonly pending?: readonly string[]
}

/**
 * Redrives what was dead when the job was made, oldest first; what fails again meanwhile is a new dead letter
 * and is not chased. Each letter is redriven in one step of the store, so none is twice or lost.
 */
export function redriveJob({ storage, topology }: RedriveJobOptions) {
  const { deadLetters } = storage

  return async function redrive({ job, signal, save }: HeldJob): Promise<void> {
    const input = job.input as RedriveInput
    const { limit = Infinity, perSecond = Infinity } = input
    let progress: Progress = { done: 0, skipped: 0, skips: [], ...job.progress }
    if (progress.total === undefined) {
      progress = { ...progress, total: Math.min(limit, await count(input, job.createdAt, signal)) }
      await save(progress)
    }
    if (progress.pending !== undefined) progress = await afterBreak(progress, input, job.createdAt)
    for (;;) {
      const most = Math.min(lettersAtOnce, perSecond, limit - progress.done - progress.skipped)
      const begun = performance.now()
      const letters = most > 0 ? await page(input, progress.after, most) : []
      const last = letters.at(-1)
      if (last === undefined) break
      const old = letters.filter((letter) => wasDead(letter, job.createdAt))
      await save({ ...progress, pending: old.map(({ id }) => id) })
      progress = { ...(await step(progress, old)), after: last.id }
      if (perSecond < Infinity) {
        await save(progress)
        const restMs = begun + (old.length / perSecond) * 1_000 - performance.now()
        await delay(Math.max(0, restMs), undefined, { signal })
      }
    }
    await save(progress)
  }

  function page(
    input: RedriveInput,
    after: string | undefined,
    limit: number,
  ): Promise<readonly DeadLetter[]> {
    const { routes, type, since } = input
    return deadLetters.list({
      limit,
      ...(routes !== undefined && { routes }),
      ...(type !== undefined && { type }),
      ...(since !== undefined && { since }),
      ...(after !== undefined && { after }),
    })
  }

  async function count(input: RedriveInput, createdAt: number, signal: AbortSignal): Promise<number> {
    const { routes, type, since } = input
    if (type === undefined && since === undefined) {
      const wanted = (await storage.stats()).filter(({ route }) => routes?.includes(route) ?? true)
      return wanted.reduce((sum, each) => sum + each.deadLetters, 0)
    }
    let counted = 0
    for (let after: string | undefined; ;) {
      signal.throwIfAborted()
      const letters = await page(input, after, countedAtOnce)
      after = letters.at(-1)?.id
      if (after === undefined) return counted
      counted += letters.filter((letter) => wasDead(letter, createdAt)).length
    }
  }

  /** The process before died in the midst of a step: what is gone of it has been redriven. */
  async function afterBreak(
    { pending = [], ...progress }: Progress,
    input: RedriveInput,
    createdAt: number,
  ): Promise<Progress> {
    const left = await page(input, progress.after, pending.length)
    const still = new Set(left.filter((letter) => wasDead(letter, createdAt)).map(({ id }) => id))
    return { ...progress, done: progress.done + pending.filter((id) => !still.has(id)).length }
  }

  async function step(progress: Progress, letters: readonly DeadLetter[]): Promise<Progress> {
    const skips: { id: string; reason: string }[] = []
    const items: ({ id: string } & RedriveTarget)[] = []
    for (const letter of letters) {
      const target = redriveTarget(letter, topology)
      if (typeof target === 'string') skips.push({ id: letter.id, reason: target })
      else items.push({ id: letter.id, ...target })
    }
    const redriven = new Set(items.length === 0 ? [] : await deadLetters.redrive(items))
    for (const { id } of items) if (!redriven.has(id)) skips.push({ id, reason: goneBefore })
    return {
      ...progress,
      done: progress.done + redriven.size,
      skipped: progress.skipped + skips.length,
      skips: [...progress.skips, ...skips].slice(0, mostSkipsKept),
    }
  }
}

function wasDead({ details }: DeadLetter, createdAt: number): boolean {
  return details.lastAttempt <= createdAt
}

import { JobError, type HeldJob, type RouteNumber, type Storage } from '@millrace/storage'
import type { OrphansInput, ShownProgress } from '../job-inputs.ts'

const deliveriesAtOnce = 500

export interface OrphansJobOptions {
  readonly storage: Pick<Storage, 'routes' | 'stats'>
}

/** Drops what waits for orphans, or moves it to another route; what is under way is left with its holder. */
export function orphansJob({ storage }: OrphansJobOptions) {
  const { routes } = storage

  return async function orphans({ job, save }: HeldJob): Promise<void> {
    const { routes: from, to } = job.input as OrphansInput
    const before: ShownProgress = job.progress
    const waiting = await waitingFor(from)
    // nothing is added to an orphan: what is there no longer was done before
    const total = before.total ?? waiting
    let done = total - waiting
    await save({ done, total })
    for (const route of from) {
      for (let some = Infinity; some >= deliveriesAtOnce;) {
        await assertOrphan(route)
        some =
          to === undefined
            ? await routes.drop(route, deliveriesAtOnce)
            : await routes.redirect(route, to.route, deliveriesAtOnce)
        done += some
        await save({ done, total })
      }
    }
  }

  async function waitingFor(numbers: readonly RouteNumber[]): Promise<number> {
    const wanted = (await storage.stats()).filter(({ route }) => numbers.includes(route))
    return wanted.reduce((sum, { unsettled }) => sum + unsettled, 0)
  }

  async function assertOrphan(number: RouteNumber): Promise<void> {
    const found = (await routes.list()).find(({ route }) => route === number)
    if (found?.orphanedSince === undefined)
      throw new JobError(
        `${found?.id ?? number} is part of the manifests again: what waits there is delivered`,
      )
  }
}

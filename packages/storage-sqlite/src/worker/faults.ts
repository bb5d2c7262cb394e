import type { WorkerSettings } from '../wire.ts'
import type { CommitHooks } from './transaction.ts'

/** What a test's module exports as `faults`. */
export type LoadFaults = (settings: WorkerSettings) => CommitHooks

/** Where tests let commits fail and the process die; nothing outside of them. */
export async function loadFaults(settings: WorkerSettings): Promise<CommitHooks> {
  if (settings.faults === undefined) return {}
  const module = (await import(settings.faults.module)) as { readonly faults: LoadFaults }
  return module.faults(settings)
}

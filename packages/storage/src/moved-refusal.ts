import type { Refusal } from './storage.ts'

/** What an append is told whose checkpoint is not where its caller took it to be. */
export function movedRefusal(key: string): Refusal {
  const detail = `the checkpoint ${key} was moved by somebody else`
  return { kind: 'refused', reason: 'moved', detail, retryAfterMs: 0 }
}

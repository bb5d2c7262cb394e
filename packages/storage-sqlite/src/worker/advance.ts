import type { Advance } from '@millrace/storage'
import { deleteCheckpoint, getCheckpoint, putCheckpoint } from './small-values.ts'
import type { Store } from './store.ts'

/** Moves the checkpoint of an append. → whether it was where the caller took it to be */
export function advance(store: Store, step: Advance | undefined): boolean {
  return step === undefined || move(store, step.key, step.from, step.to)
}

/** Moves it back, where nothing has moved it since. */
export function withdrawAdvance(store: Store, { key, from, to }: Advance): void {
  move(store, key, to, from)
}

function move(store: Store, key: string, from: string | undefined, to: string | undefined): boolean {
  const value = getCheckpoint(store, key)
  if ((value && Buffer.from(value).toString()) !== from) return false
  if (to === undefined) deleteCheckpoint(store, key, undefined)
  else putCheckpoint(store, key, Buffer.from(to), undefined)
  return true
}

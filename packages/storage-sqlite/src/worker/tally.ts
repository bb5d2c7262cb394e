import type { Store } from './store.ts'

/** How much a call has done in several transactions; it stays when one of them fails and its steps start anew. */
export interface Tally {
  count: number
}

/** Counts what the open transaction has done, if it is kept. */
export function count({ state }: Pick<Store, 'state'>, tally: Tally, done: number): void {
  tally.count += done
  state.undoWith(() => (tally.count -= done))
}

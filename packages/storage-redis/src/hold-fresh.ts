import type { AppendItem, Lease } from '@millrace/storage'
import { freshLeases } from './append-arguments.ts'
import type { Store } from './store.ts'

/** Takes the leases of an event that was stored. */
export function holdFresh(
  { leases, limits }: Store,
  item: AppendItem,
  id: string,
  at: number,
): readonly Lease[] {
  const fresh = freshLeases(item, id, at)
  if (fresh.length === 0) return fresh
  const place = fresh.length === item.to.length ? 'log' : 'outside'
  const counted = limits === undefined ? 0 : item.record.length
  leases.add({ id, owner: item.owner, counted, at, place }, fresh)
  return fresh
}

import type { ListedDelivery } from '@millrace/storage'

/** Knows which deliveries are held without an attempt under way, by whichever process. */
export interface Turns {
  idle(ids: readonly string[]): Promise<ReadonlySet<string>>
  /** Ends those of these of which no attempt is under way. → which. */
  cancel(ids: readonly string[]): Promise<readonly string[]>
}

/** What a process only holds until its turn comes waits, as what is in the store does. */
export async function asTheyStand(
  items: readonly ListedDelivery[],
  turns: Turns,
): Promise<readonly ListedDelivery[]> {
  const leased = items.filter(({ state }) => state === 'leased').map(({ id }) => id)
  if (leased.length === 0) return items
  const idle = await turns.idle(leased)
  return items.map((item) => (idle.has(item.id) ? { ...item, state: 'waiting' } : item))
}

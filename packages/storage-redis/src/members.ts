import { hostname } from 'node:os'
import type { Member } from '@millrace/storage'
import { script } from './command.ts'
import { list, pairs, text } from './reply.ts'
import { ask } from './store.ts'
import type { Store } from './store.ts'

/** This process, for the others to see. */
export function ownMember(id: string, since: number): Member {
  return { id, host: hostname(), pid: process.pid, since }
}

/** The processes that are not known to be dead, longest first. */
export async function members(store: Store): Promise<readonly Member[]> {
  const { keys } = store
  const command = script('hash', [keys.of('members')], [])
  const found = await ask(
    store,
    () => command,
    (value) => pairs(list(value)[0]),
  )
  return found
    .map(([, json]) => JSON.parse(text(json)) as Member)
    .toSorted((a, b) => a.since - b.since || (a.id < b.id ? -1 : 1))
}

export function sameMembers(some: readonly Member[], others: readonly Member[]): boolean {
  const ids = new Set(others.map(({ id }) => id))
  return some.length === others.length && some.every(({ id }) => ids.has(id))
}

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

interface Listed {
  /** As which it is connected now. */
  readonly name: string
  readonly member: Member
}

/** The processes that are not known to be dead, longest first. */
export async function listed(store: Store): Promise<readonly Listed[]> {
  const command = script('hash', [store.keys.of('members')], [])
  const found = await ask(
    store,
    () => command,
    (value) => pairs(list(value)[0]),
  )
  return found
    .map(([name, json]) => ({ name, member: JSON.parse(text(json)) as Member }))
    .toSorted(({ member: a }, { member: b }) => a.since - b.since || (a.id < b.id ? -1 : 1))
}

export function sameMembers(some: readonly Member[], others: readonly Member[]): boolean {
  const ids = new Set(others.map(({ id }) => id))
  return some.length === others.length && some.every(({ id }) => ids.has(id))
}

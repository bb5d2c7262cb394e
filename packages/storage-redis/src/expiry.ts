import type { Expired, Expiry } from '@millrace/storage'
import { script } from './command.ts'
import type { Argument } from './command.ts'
import { list } from './reply.ts'
import type { Routes } from './routes.ts'
import { ask } from './store.ts'
import type { Store } from './store.ts'

const atOnce = 500

/** Removes what is older than the cut-off times, in steps. */
export async function expire(store: Store, routes: Routes, before: Expiry): Promise<Expired> {
  const { keys, now } = store
  const step = async (what: string, key: string, ...args: readonly Argument[]): Promise<number> => {
    let gone = 0
    for (;;) {
      const [time, ...rest] = args
      const command = script('expire', [keys.of(key)], [keys.prefix, what, time ?? '', atOnce, ...rest])
      const [some, more] = (await ask(store, () => command, list)).map(Number)
      gone += some ?? 0
      if (more !== 1) return gone
    }
  }
  let archived = await step('archive', 'archive-until', now())
  for (const { owner, maxBytes } of before.archives ?? [])
    archived += await step('size', `archive:${owner}`, '', owner, maxBytes)
  return {
    archived,
    deadLetters: before.deadLetters === undefined ? 0 : await step('dead', 'dead', before.deadLetters),
    attempts: before.attempts === undefined ? 0 : await step('attempts', 'attempted', before.attempts),
    orphans: await expireOrphans(routes, before.orphans),
  }
}

async function expireOrphans(routes: Routes, before: number | undefined): Promise<number> {
  let dropped = 0
  if (before === undefined) return dropped
  for (const { route, orphanedSince } of await routes.list())
    if (orphanedSince !== undefined && orphanedSince < before) dropped += await routes.drop(route)
  return dropped
}

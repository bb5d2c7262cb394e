import type { AdminClient } from './admin-client.ts'
import type { Options } from './command-spec.ts'
import { count, readDurationMs } from './option-values.ts'
import { usageError } from './exit-code.ts'

/** A dead letter, as the admin API gives it. Times are RFC 3339, the event is in structured form. */
export interface DeadLetter {
  readonly id: string
  readonly addressable: string
  readonly route: string
  readonly reason: string
  readonly code?: number
  readonly attempts: number
  readonly firstAttempt: string
  readonly lastAttempt: string
  readonly event: { readonly id?: string; readonly type?: string; readonly source?: string } | null
}

/** The flags that choose dead letters. */
export const chooseOptions = {
  trigger: { type: 'string', value: 'NAME', help: 'of this trigger: NAME or NAMESPACE/NAME' },
  type: { type: 'string', value: 'TYPE', help: 'of events of this type' },
  since: {
    type: 'string',
    value: 'WHEN',
    help: 'that failed since: a time, or a duration back from now, such as 1h',
  },
  limit: { type: 'string', value: 'N', help: 'at most so many, the oldest first' },
} as const satisfies Options

export interface Choice {
  readonly trigger: string | undefined
  readonly type: string | undefined
  readonly since: string | undefined
  readonly limit: string | undefined
}

const pageSize = 500

/** The dead letters that were chosen, oldest first, a page at a time. */
export async function* chosen(admin: AdminClient, choice: Choice): AsyncGenerator<DeadLetter> {
  const { trigger, type } = choice
  const since = sinceTime(choice.since)
  let left = choice.limit === undefined ? Infinity : count('--limit', choice.limit)
  let after: string | undefined
  while (left > 0) {
    const query = { trigger, type, since, after, limit: String(Math.min(left, pageSize)) }
    const page = await admin.get<{ items: DeadLetter[]; next?: string }>('/api/deadletters', query)
    yield* page.items
    left -= page.items.length
    if (page.next === undefined) return
    after = page.next
  }
}

/** `--since` as a time. */
export function sinceTime(text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  const backMs = readDurationMs(text)
  const at = backMs === undefined ? Date.parse(text) : Date.now() - backMs
  if (Number.isNaN(at)) {
    throw usageError(
      `--since is "${text}"; it is a time such as 2026-12-24T18:00:00Z, or a duration such as 1h`,
    )
  }
  return new Date(at).toISOString()
}

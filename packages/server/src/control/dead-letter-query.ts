import { parseDuration } from '@millrace/core'
import type { DeadLetterQuery, RegisteredRoute } from '@millrace/storage'
import type { AdminProblemCode } from './admin-problems.ts'
import { namedRoutes } from './named-routes.ts'

const usualLimit = 100
const mostAtOnce = 1_000

export type ReadQuery =
  | { readonly kind: 'query'; readonly query: DeadLetterQuery }
  | { readonly kind: 'problem'; readonly code: AdminProblemCode; readonly detail: string }

/** Reads `trigger`, `type`, `since` (a time, or a duration back from now), `limit` and `after`. */
export function readDeadLetterQuery(
  words: Readonly<Record<string, string | undefined>>,
  registered: readonly RegisteredRoute[],
  nowMs: number,
): ReadQuery {
  const { trigger, type, since, limit, after } = words
  const most = limit === undefined ? usualLimit : Number(limit)
  if (!Number.isInteger(most) || most < 1)
    return problem('admin-bad-request', `limit "${limit}" has to be a whole number from 1`)
  const from = since === undefined ? undefined : timeOf(since, nowMs)
  if (Number.isNaN(from))
    return problem(
      'admin-bad-request',
      `since "${since}" has to be a time such as 2026-01-31T12:00:00Z, or a duration such as PT1H`,
    )
  const named = trigger === undefined ? undefined : namedRoutes(trigger, registered)
  if (named !== undefined && 'detail' in named) return problem('admin-no-such-route', named.detail)
  return {
    kind: 'query',
    query: {
      limit: Math.min(most, mostAtOnce),
      ...(named === undefined ? {} : { routes: named.routes.map(({ route }) => route) }),
      ...(type === undefined ? {} : { type }),
      ...(from === undefined ? {} : { since: from }),
      ...(after === undefined ? {} : { after }),
    },
  }
}

function problem(code: AdminProblemCode, detail: string): ReadQuery {
  return { kind: 'problem', code, detail }
}

/** → milliseconds since the epoch, NaN where it is neither. */
function timeOf(text: string, nowMs: number): number {
  const backMs = parseDuration(text)
  return backMs === undefined ? Date.parse(text) : nowMs - backMs
}

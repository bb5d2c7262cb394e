import { nearest } from '@millrace/resources'
import { parseDuration } from '@millrace/core'
import type { DeadLetterQuery, RegisteredRoute } from '@millrace/storage'
import type { AdminProblemCode } from './admin-problems.ts'
import { isNamed, routeIdentity } from './route-identity.ts'

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
  const routes =
    trigger === undefined ? undefined : registered.filter(({ id }) => isNamed(routeIdentity(id), trigger))
  if (trigger !== undefined && routes?.length === 0)
    return problem('admin-no-such-route', unknownTrigger(trigger, registered))
  return {
    kind: 'query',
    query: {
      limit: Math.min(most, mostAtOnce),
      ...(routes === undefined ? {} : { routes: routes.map(({ route }) => route) }),
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

function unknownTrigger(words: string, registered: readonly RegisteredRoute[]): string {
  const names = registered.map(({ id }) => {
    const { namespace, name } = routeIdentity(id)
    return words.includes('/') ? `${namespace}/${name}` : name
  })
  const near = nearest(words, names)
  return `there is no trigger ${words}${near === undefined ? '' : `, did you mean ${near}?`}`
}

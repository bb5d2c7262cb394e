import type { AdminClient } from './admin-client.ts'

/** A delivery that waits, as the admin API gives it. Times are RFC 3339, the event is in structured form. */
export interface WaitingDelivery {
  readonly id: string
  readonly addressable: string
  readonly trigger: string
  readonly state: string
  readonly due?: string
  readonly key?: string
  readonly attempts: number
  readonly acceptedAt: string
  readonly event: { readonly id?: string; readonly type?: string } | null
}

/** A key that stands, with its head's event. */
export interface ParkedKey {
  readonly trigger: string
  readonly namespace: string
  readonly key: string
  readonly waiting: number
  readonly since: string
  readonly code?: number
  readonly reason: string
  readonly event: { readonly id?: string; readonly type?: string } | null
}

const pageSize = '500'

/** Everything that waits, in the order of acceptance, a page at a time. */
export async function* waitingDeliveries(
  admin: AdminClient,
  trigger: string | undefined,
): AsyncGenerator<WaitingDelivery> {
  let after: string | undefined
  do {
    const query = { trigger, after, limit: pageSize }
    const page = await admin.get<{ items: WaitingDelivery[]; next?: string }>('/api/deliveries', query)
    yield* page.items
    after = page.next
  } while (after !== undefined)
}

/** `due` as a person reads it: `in 3m12s`, or how long it has been due. */
export function whenDue(
  due: string | undefined,
  nowMs: number,
  age: (time: string, now: number) => string,
): string {
  if (due === undefined) return ''
  const at = Date.parse(due)
  return at > nowMs ? `in ${age(new Date(nowMs).toISOString(), at)}` : `${age(due, nowMs)} ago`
}

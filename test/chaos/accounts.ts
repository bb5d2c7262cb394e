import { eventually, exchange, post, type Millrace } from '@millrace/testkit'

/** How often each id is there. */
export function counted(ids: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const id of ids) counts.set(id, (counts.get(id) ?? 0) + 1)
  return counts
}

/** How often each event is among the dead letters. */
export async function deadLetters(millrace: Millrace): Promise<Map<string, number>> {
  const ids: string[] = []
  let after = ''
  for (;;) {
    const page = await exchange('GET', `${millrace.admin}/api/deadletters?limit=1000${after}`)
    const { items, next } = JSON.parse(page.text) as { items: { event: { id: string } }[]; next?: string }
    ids.push(...items.map(({ event }) => event.id))
    if (next === undefined) return counted(ids)
    after = `&after=${encodeURIComponent(next)}`
  }
}

/** Deliveries that are not settled. */
export async function waiting(millrace: Millrace): Promise<number> {
  const answer = await exchange('GET', `${millrace.admin}/api/resources?kind=trigger`)
  const { items } = JSON.parse(answer.text) as { items: { status: { waiting: number; inFlight: number } }[] }
  return items.reduce((sum, { status }) => sum + status.waiting + status.inFlight, 0)
}

/** Posts until told to stop; what was answered with 202 is accepted, whatever happens later. */
export async function produce(
  server: Millrace,
  name: string,
  accepted: Set<string>,
  stop: AbortSignal,
): Promise<void> {
  for (let n = 0; !stop.aborted; n += 1) {
    const id = `${name}-${n}`
    const signal = AbortSignal.timeout(10_000)
    const answer = await post(`${server.ingress}/default/default`, { id, data: { n } }, { signal }).catch(
      () => undefined,
    )
    if (answer?.status === 202) accepted.add(id)
    else await restarted(server)
  }
}

async function restarted(millrace: Millrace): Promise<void> {
  const livez = `${millrace.admin}/livez`
  await eventually(
    async () => (await exchange('GET', livez, { signal: AbortSignal.timeout(1_000) })).status === 200,
    { timeoutMs: 60_000 },
  )
}

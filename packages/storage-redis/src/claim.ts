import type { ClaimRequest, ClaimResult, Lease } from '@millrace/storage'
import { script } from './command.ts'
import { deliveryId } from './event-id.ts'
import { list, numberOrNone, text } from './reply.ts'
import type { Store } from './store.ts'

const fieldsOfLease = 7

/** Leases what is due; nothing of routes that are not in this process's topology. */
export function claim(store: Store, requests: readonly ClaimRequest[]): Promise<readonly ClaimResult[]> {
  const { session, keys, declared, now } = store
  const own = requests.filter(({ route }) => declared.has(route))
  const nothing = (): readonly ClaimResult[] =>
    requests.map(({ route }) => ({ route, leases: [], nextDue: undefined }))
  return new Promise((resolve, reject) => {
    session.assertOpen()
    if (own.length === 0) return resolve(nothing())
    session.submit({
      commands: (process) => {
        const args = own.flatMap(({ route, max, maxBytes }) => [route, Math.max(0, max), maxBytes])
        return [script('claim', [process.keys.log, process.keys.claims], [keys.prefix, now(), ...args])]
      },
      answered([reply]) {
        if (reply?.kind === 'error') return reject(reply.error)
        const results = list(reply?.kind === 'value' ? reply.value : undefined)
        const byRequest = new Map(own.map((request, n) => [request, results[n]]))
        resolve(requests.map((request) => resultOf(store, request, byRequest.get(request))))
      },
      // what was leased all the same is given back when the store is there again
      away: () => resolve(nothing()),
    })
  })
}

function resultOf(store: Store, { route }: ClaimRequest, value: unknown): ClaimResult {
  const [nextDue, ...fields] = list(value)
  const leases: Lease[] = []
  for (let n = 0; n + fieldsOfLease <= fields.length; n += fieldsOfLease) {
    const [event, attempts, first, interruptions, hasKey, key, record] = fields.slice(n, n + fieldsOfLease)
    const id = text(event)
    const lease = {
      id: deliveryId(id, route),
      route,
      attempts: Number(text(attempts)),
      firstAttempt: numberOrNone(first),
      interruptions: Number(text(interruptions)),
      key: text(hasKey) === '1' ? text(key) : undefined,
      record: Buffer.isBuffer(record) ? new Uint8Array(record) : undefined,
    }
    store.leases.add({ id, owner: '', counted: 0, at: 0, place: 'outside' }, [lease])
    leases.push(lease)
  }
  return { route, leases, nextDue: numberOrNone(nextDue) }
}

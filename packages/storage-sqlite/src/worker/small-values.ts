import type { FailedAttempt, Fence } from '@millrace/storage'
import type { DeliveryKey } from '../wire.ts'
import type { Store } from './store.ts'

export function getCheckpoint(store: Store, key: string): Uint8Array | undefined {
  const row = store.connection.sql.checkpoint.get(key) as unknown as readonly [Uint8Array] | undefined
  return row?.[0]
}

/** In order of keys. */
export function listCheckpoints(store: Store, prefix: string): [string, Uint8Array][] {
  return store.connection.sql.checkpoints.all(prefix) as unknown as [string, Uint8Array][]
}

/** → whether the fence let it. */
export function putCheckpoint(
  store: Store,
  key: string,
  value: Uint8Array,
  fence: Fence | undefined,
): boolean {
  if (!isHeld(store, fence)) return false
  store.connection.sql.putCheckpoint.run(key, value)
  return true
}

export function deleteCheckpoint(store: Store, key: string, fence: Fence | undefined): boolean {
  if (!isHeld(store, fence)) return false
  store.connection.sql.deleteCheckpoint.run(key)
  return true
}

/** Nobody has taken the name since. */
function isHeld(store: Store, fence: Fence | undefined): boolean {
  if (fence === undefined) return true
  const row = store.connection.sql.token.get(fence.name) as unknown as readonly [number] | undefined
  return row?.[0] === fence.token
}

/** → a token above all earlier ones, or undefined while another holder has it. */
export function acquire(
  store: Store,
  name: string,
  holder: string,
  ttlMs: number,
  now: number,
): number | undefined {
  const row = store.connection.sql.acquire.get(name, holder, Math.ceil(now + ttlMs), now) as unknown as
    | readonly [number]
    | undefined
  return row?.[0]
}

/** Holds it until later, or, with 0, no longer. → whether the token still held it. */
export function extend(store: Store, name: string, token: number, ttlMs: number, now: number): boolean {
  const until = ttlMs === 0 ? 0 : Math.ceil(now + ttlMs)
  return store.connection.sql.extend.run(until, name, token, now).changes > 0
}

/** Failed attempts of a delivery, oldest first. */
export function readAttempts(store: Store, [event, route]: DeliveryKey): FailedAttempt[] {
  const rows = store.connection.sql.attempts.all(event, route) as unknown as (readonly [
    number,
    number,
    number | null,
    string | null,
    string | null,
    number,
  ])[]
  return rows.map(([n, at, code, error, body, ms]) => ({
    n,
    at,
    ...(code === null ? undefined : { code }),
    ...(error === null ? undefined : { error }),
    ...(body === null ? undefined : { body }),
    ms,
  }))
}

import { StorageError } from '@millrace/storage'
import type { Lease, RouteNumber, StorageLimits } from '@millrace/storage'
import type { RedisCommand } from './command.ts'
import type { EventIds } from './event-id.ts'
import type { KeySpace } from './key-space.ts'
import type { LeaseAge } from './lease-age.ts'
import type { Leases } from './leases.ts'
import type { ProcessName } from './operation.ts'
import type { Session } from './session.ts'
import type { Unsure } from './unsure.ts'

/** What the parts of the adapter share. */
export interface Store {
  readonly keys: KeySpace
  readonly session: Session
  readonly leases: Leases
  readonly age: LeaseAge
  readonly ids: EventIds
  readonly unsure: Unsure
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** The clock of tests; left out: the server's own where it matters that all processes have the same. */
  readonly clock: (() => number) | undefined
  readonly limits: StorageLimits | undefined
  /** Numbers that were given to routes, as far as this process has heard. */
  readonly known: Set<RouteNumber>
  /** Routes of this process's topology. */
  readonly declared: Set<RouteNumber>
  /** Who this process is among the members. */
  readonly member: string
  /** Says that these routes may have something to claim, here and elsewhere. */
  readonly wake: (routes: readonly RouteNumber[] | 'all') => void
  /** Says that these leases are not this process's any more. */
  readonly lost: (leases: readonly Lease[]) => void
}

/** Asks for one step and reads its answer. @throws {StorageError} the store is away, or closed */
export function ask<T>(
  { session }: Store,
  command: (process: ProcessName) => RedisCommand,
  read: (value: unknown) => T,
): Promise<T> {
  return new Promise((resolve, reject) => {
    session.assertOpen()
    session.submit({
      commands: (process) => [command(process)],
      answered([reply]) {
        if (reply?.kind === 'value') resolve(read(reply.value))
        else reject(reply?.kind === 'error' ? reply.error : away(session))
      },
      away: () => reject(away(session)),
    })
  })
}

function away({ health }: Session): StorageError {
  return new StorageError('unavailable', `Redis is away: ${'detail' in health ? health.detail : 'not known'}`)
}

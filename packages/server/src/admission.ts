import {
  dueTime,
  type Addressable,
  type AddressablePath,
  type EventRecord,
  type Problem,
  type Route,
  type Topology,
} from '@millrace/core'
import type { Accept, AcceptResult } from './accept.ts'
import type { Flow } from './flow.ts'

/** What producers are told beyond what the store says. */
export type Admitted =
  | AcceptResult
  /** A route that the event matches reads its time from it, and there is none; with its index in a batch. */
  | { readonly kind: 'invalid'; readonly problem: Problem }

export interface AdmissionOptions {
  readonly flow: Flow
  readonly accept: Accept
  readonly now: () => number
}

/** As `accept`, for events from outside: what cannot be scheduled is refused whole, before it is stored. */
export function createAdmission({ flow, accept, now }: AdmissionOptions) {
  return function admit(addressable: Addressable, records: readonly EventRecord[]): Promise<Admitted> {
    const { topology } = flow.current
    const problem = scheduled(topology).has(addressable.path) ? invalid(addressable, records) : undefined
    return problem === undefined
      ? accept(addressable, records)
      : Promise.resolve({ kind: 'invalid', problem })
  }

  function invalid({ path }: Addressable, records: readonly EventRecord[]): Problem | undefined {
    for (const [index, { event }] of records.entries()) {
      const routes = flow.current.router(path)?.match(event.attributes) ?? []
      const problem = dueProblem(routes, event, now())
      if (problem !== undefined) return records.length > 1 ? { ...problem, index } : problem
    }
    return undefined
  }
}

function dueProblem(
  routes: readonly Route[],
  { attributes }: EventRecord['event'],
  nowMs: number,
): Problem | undefined {
  for (const { flow } of routes) {
    const time = flow?.dueFrom === undefined ? undefined : dueTime(flow, attributes, nowMs)
    if (time?.kind === 'problem') return time.problem
  }
  return undefined
}

const known = new WeakMap<Topology, ReadonlySet<AddressablePath>>()

/** The addressables where an event may say its time. */
function scheduled(topology: Topology): ReadonlySet<AddressablePath> {
  let paths = known.get(topology)
  if (paths === undefined) {
    const found = [...topology.addressables.values()].filter(({ routes }) =>
      routes.some(({ flow }) => flow?.dueFrom !== undefined),
    )
    paths = new Set(found.map(({ path }) => path))
    known.set(topology, paths)
  }
  return paths
}

import type { RouteNumber } from '@millrace/storage'

/** What a process, or all of them, do with a route at this moment. */
export interface RouteState {
  readonly inFlight: number
  /** The last attempt that ended was a failure. */
  readonly failing?: boolean
  /** By its annotation or by command. */
  readonly paused: boolean
  /** None: it has no circuit, which is as good as closed. */
  readonly circuit?: 'open' | 'closed'
  readonly lastError:
    | {
        /** Milliseconds since the epoch. */
        readonly at: number
        readonly reason: string
        readonly code?: number
      }
    | undefined
}

/** What other processes do, by the numbers of routes, which are the same for all. */
export type RouteStates = ReadonlyMap<RouteNumber, RouteState>

/** There is something to tell of it. */
export function isEventful({ inFlight, failing, circuit, lastError }: RouteState): boolean {
  return inFlight > 0 || failing === true || circuit === 'open' || lastError !== undefined
}

/** Two processes together: what is under way adds up, the last error is the later one. */
export function together(one: RouteState, other: RouteState | undefined): RouteState {
  if (other === undefined) return one
  const errors = [one.lastError, other.lastError].filter((error) => error !== undefined)
  const circuits = [one.circuit, other.circuit].filter((circuit) => circuit !== undefined)
  return {
    inFlight: one.inFlight + other.inFlight,
    failing: one.failing === true || other.failing === true,
    paused: one.paused || other.paused,
    ...(circuits.length > 0 && { circuit: circuits.includes('open') ? 'open' : 'closed' }),
    lastError: errors.toSorted((a, b) => b.at - a.at)[0],
  }
}

/** Several processes together. */
export function allTogether(each: readonly RouteStates[]): RouteStates {
  const all = new Map<RouteNumber, RouteState>()
  for (const states of each)
    for (const [route, state] of states) all.set(route, together(state, all.get(route)))
  return all
}

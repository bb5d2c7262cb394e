import { age } from './age.ts'

/** A process that works on the store, as the admin API gives it; what it has not said is left out. */
export interface ListedProcess {
  readonly host: string
  readonly pid: number
  readonly since: string
  /** The one that was asked. */
  readonly self: boolean
  readonly version?: string
  readonly ingress?: string
  readonly admin?: string
  readonly inFlight?: number
  readonly manifests?: string
  readonly manifestsSince?: string
}

const head = ['HOST', 'PID', 'UP', 'INGRESS', 'ADMIN', 'IN FLIGHT', 'MANIFESTS', 'VERSION', '']

/** The table of `get processes`, its head first. Equal manifests have equal fingerprints. */
export function processRows(items: readonly ListedProcess[], nowMs: number): readonly (readonly string[])[] {
  return [
    head,
    ...items.map((each) => [
      each.host,
      String(each.pid),
      age(each.since, nowMs),
      each.ingress ?? '',
      each.admin ?? '',
      each.inFlight === undefined ? 'no answer' : String(each.inFlight),
      each.manifests?.slice(0, 8) ?? '',
      each.version ?? '',
      each.self ? 'asked' : '',
    ]),
  ]
}

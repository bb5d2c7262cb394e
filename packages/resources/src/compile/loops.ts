import type { AddressablePath } from '@millrace/core'
import type { Finding } from '../finding.ts'
import type { Resource } from '../resource.ts'
import type { Resolution } from './resolve-destination.ts'
import { warning } from './warning.ts'

/** That events go on from an addressable, by which field of which resource. */
export interface Edge {
  readonly from: AddressablePath
  readonly to: Resolution | undefined
  readonly resource: Pick<Resource, 'metadata' | 'origin'>
  readonly path: string
}

/**
 * Warns of every edge by which an event, a reply or a dead letter can come back to where it was, with the
 * way round. That a Trigger's replies go to its own broker is how brokers work, and is no edge.
 */
export function findLoops(edges: readonly Edge[]): Finding[] {
  const next = new Map<AddressablePath, Set<AddressablePath>>()
  for (const edge of edges) {
    const to = targetOf(edge)
    if (to !== undefined) next.set(edge.from, (next.get(edge.from) ?? new Set()).add(to))
  }
  const reached = new Map<AddressablePath, Reached>()
  return edges.flatMap((edge) => {
    const target = targetOf(edge)
    if (target === undefined) return []
    const reachable = reached.get(target) ?? reachableFrom(target, next)
    reached.set(target, reachable)
    const { from, resource, path } = edge
    if (!reachable.has(from)) return []
    const way = [from, ...wayTo(from, reachable)].join(' > ')
    const message = `sends ${sent(path)} round in a loop, ${way}, until their time to live is spent; send them elsewhere, or filter so that they do not come back`
    return [warning(resource, path, message)]
  })
}

function sent(path: string): string {
  if (path.endsWith('.deadLetterSink')) return 'dead letters'
  return path.endsWith('reply') ? 'replies' : 'events'
}

function targetOf({ to }: Pick<Edge, 'to'>): AddressablePath | undefined {
  return to?.kind === 'resolved' && to.destination.kind === 'addressable' ? to.destination.path : undefined
}

/** What can be reached, each with what leads there first; the start has nothing before it. */
type Reached = ReadonlyMap<AddressablePath, AddressablePath | undefined>

/** Breadth first, so that what leads to each is on a shortest way. */
function reachableFrom(
  start: AddressablePath,
  next: ReadonlyMap<AddressablePath, ReadonlySet<AddressablePath>>,
): Reached {
  const reached = new Map<AddressablePath, AddressablePath | undefined>([[start, undefined]])
  // a Map's iteration also visits what is added meanwhile
  for (const path of reached.keys())
    for (const further of next.get(path) ?? []) if (!reached.has(further)) reached.set(further, path)
  return reached
}

function wayTo(end: AddressablePath, reached: Reached): AddressablePath[] {
  const way: AddressablePath[] = []
  for (let path: AddressablePath | undefined = end; path !== undefined; path = reached.get(path))
    way.unshift(path)
  return way
}

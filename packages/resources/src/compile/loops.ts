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

/** Warns of every edge by which an event can come back to where it was; replies are not looked at. */
export function findLoops(edges: readonly Edge[]): Finding[] {
  const next = new Map<AddressablePath, Set<AddressablePath>>()
  for (const edge of edges) {
    const to = targetOf(edge)
    if (to !== undefined) next.set(edge.from, (next.get(edge.from) ?? new Set()).add(to))
  }
  const reached = new Map<AddressablePath, ReadonlySet<AddressablePath>>()
  return edges.flatMap(({ from, to, resource, path }) => {
    const target = targetOf({ to })
    if (target === undefined) return []
    const reachable = reached.get(target) ?? reachableFrom(target, next)
    reached.set(target, reachable)
    if (!reachable.has(from)) return []
    const message = `sends events of ${from} to ${target}, from where they can come back to ${from}, until their time to live is spent; send them elsewhere, or filter so that they do not`
    return [warning(resource, path, message)]
  })
}

function targetOf({ to }: Pick<Edge, 'to'>): AddressablePath | undefined {
  return to?.kind === 'resolved' && to.destination.kind === 'addressable' ? to.destination.path : undefined
}

function reachableFrom(
  start: AddressablePath,
  next: ReadonlyMap<AddressablePath, ReadonlySet<AddressablePath>>,
): ReadonlySet<AddressablePath> {
  const reached = new Set([start])
  // a Set's iteration also visits what is added meanwhile
  for (const path of reached) for (const further of next.get(path) ?? []) reached.add(further)
  return reached
}

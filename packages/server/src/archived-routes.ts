import type { Topology } from '@millrace/core'

const known = new WeakMap<Topology, ReadonlySet<string>>()

/** What archives may take that are bounded by their size, as the store is told. */
export function archivesOf({ addressables }: Topology): { owner: string; maxBytes: number }[] {
  return [...addressables.values()].flatMap(({ path, archive }) =>
    archive?.maxBytes === undefined ? [] : [{ owner: path, maxBytes: archive.maxBytes }],
  )
}

/** The identities of routes whose events are in an archive, so that the end of a delivery is kept there. */
export function archivedRoutes(topology: Topology): ReadonlySet<string> {
  let archived = known.get(topology)
  if (archived === undefined) {
    const kept = [...topology.addressables.values()].filter(({ archive }) => archive !== undefined)
    archived = new Set(kept.flatMap(({ routes }) => routes.map(({ id }) => id)))
    known.set(topology, archived)
  }
  return archived
}

import type { ArchivePolicy, Topology } from '@millrace/core'

const known = new WeakMap<Topology, ReadonlyMap<string, ArchivePolicy>>()

/** What archives may take that are bounded by their size, as the store is told. */
export function archivesOf({ addressables }: Topology): { owner: string; maxBytes: number }[] {
  return [...addressables.values()].flatMap(({ path, archive }) =>
    archive?.maxBytes === undefined ? [] : [{ owner: path, maxBytes: archive.maxBytes }],
  )
}

/** Routes whose events are in an archive, by identity, so that the end of a delivery is kept there. */
export function archivedRoutes(topology: Topology): ReadonlyMap<string, ArchivePolicy> {
  let archived = known.get(topology)
  if (archived === undefined) {
    const kept = [...topology.addressables.values()].flatMap(({ routes, archive }) =>
      archive === undefined ? [] : routes.map(({ id }) => [id, archive] as const),
    )
    archived = new Map(kept)
    known.set(topology, archived)
  }
  return archived
}

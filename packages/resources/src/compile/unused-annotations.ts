import { BATCH, CIRCUIT } from '../annotations/flow-annotations.ts'
import { IN_FLIGHT } from '../annotations/millrace-annotations.ts'
import type { Links } from './links.ts'
import type { Resolution } from './resolve-destination.ts'

/** What is about requests, of which there are none to another addressable: events reach it inside the store. */
const ofRequests = [BATCH, CIRCUIT, IN_FLIGHT]

/** Warns of annotations that have no effect where events go to another addressable. */
export function warnOfUnused(
  annotations: Readonly<Record<string, string>>,
  destination: Resolution | undefined,
  links: Links,
): void {
  if (destination?.kind !== 'resolved' || destination.destination.kind !== 'addressable') return
  const { path } = destination.destination
  for (const name of ofRequests)
    if (annotations[name] !== undefined)
      links.warn(
        `metadata.annotations.${name}`,
        `has no effect: events reach ${path} inside the store, without a request`,
      )
}

import { orderingKey, swapAttached, type ArchivePolicy, type Route, type Topology } from '@millrace/core'
import { encodeRecord, type AppendItem, type DeadLetter, type RouteNumber } from '@millrace/storage'
import { archivedRoutes } from './archived-routes.ts'
import { storedRecord } from './stored-record.ts'

export interface RedriveTarget {
  readonly owner: string
  readonly route: RouteNumber
  readonly record?: Uint8Array
  readonly key?: string
  readonly archive?: NonNullable<AppendItem['archive']>
}

export interface RedriveTopology {
  /** The route of a number in the topology in force. */
  readonly routeOf: (number: RouteNumber) => Route | undefined
  /** Of a flow's inner addressable the flow's path, else its own. */
  readonly ownerOf: (path: string) => string
  /** Of a route by its identity: the archive that its events are in. */
  readonly archiveOf: (id: string) => ArchivePolicy | undefined
}

/** As of whatever topology is in force when it is asked. */
export function redriveTopology(
  routeOf: RedriveTopology['routeOf'],
  inForce: () => Topology | undefined,
): RedriveTopology {
  return {
    routeOf,
    ownerOf: (path) => inForce()?.addressables.get(path)?.owner ?? path,
    archiveOf: (id) => {
      const topology = inForce()
      return topology === undefined ? undefined : archivedRoutes(topology).get(id)
    },
  }
}

/** Where a dead letter is delivered anew: the route on which it failed, while that is in force; else why it is not. */
export function redriveTarget(
  letter: DeadLetter,
  { routeOf, ownerOf, archiveOf }: RedriveTopology,
): RedriveTarget | string {
  const route = routeOf(letter.route)
  if (route === undefined) return 'its trigger is no longer in the manifests'
  if (letter.details.ofReply === true) return isReply
  const record = storedRecord(letter.record)
  if (record === undefined) return 'its record cannot be read'
  const { orderedBy } = route.flow ?? {}
  // what a source ordered it by is not kept with it
  const key =
    orderedBy === undefined || orderedBy === 'source'
      ? undefined
      : orderingKey(record.event.attributes, orderedBy)
  const archive = archiveOf(route.id)
  const eventId = String(record.event.attributes['id'])
  const target = {
    owner: ownerOf(route.addressable),
    route: letter.route,
    ...(key !== undefined && { key }),
    // what becomes of it is then told in the place of how it ended before
    ...(archive !== undefined && { archive: { keepMs: archive.keepMs, eventId } }),
  }
  // the reply is sent again, its subscriber has done its part
  return route.role === 'reply' ? { ...target, record: encodeRecord(swapAttached(record)) } : target
}

/** What a letter that was to be redriven is said to be when it is not there. */
export const goneBefore = 'it was gone before it was redriven'
const isReply =
  'it is a reply that could not be forwarded, and its subscriber has done its part: send it where it belongs (dlq show prints it), then drop it'

import type { EventRecord, Route, Topology } from '@millrace/core'
import { type DeadLetter, type FailedAttempt, type RouteNumber, type Storage } from '@millrace/storage'
import { asTheyStand, type Turns } from './in-turn.ts'
import {
  deadDelivery,
  endedDelivery,
  headOf,
  waitingDelivery,
  type Journey,
  type KnownRoute,
  type ToldDelivery,
} from './journey.ts'
import { routeIdentity } from './route-identity.ts'
import type { RouteState } from '../replicas/route-state.ts'
import { storedRecord } from '../stored-record.ts'
import { reasonsOf } from './tail-line.ts'

const pageSize = 500
const mostUnknown = 100

export interface FindEventOptions {
  readonly storage: Pick<Storage, 'deliveries' | 'archive' | 'deadLetters' | 'attempts' | 'routes'>
  readonly topology: () => Topology | undefined
  readonly routeOf: (number: RouteNumber) => Route | undefined
  readonly routeState: (routeId: string) => RouteState
  readonly turns: Turns
  readonly now: () => number
}

/**
 * Everything that is known of the events with an id: what waits, dead letters at rest, and the archive. One
 * journey for each time that one was accepted.
 */
export async function findEvent(
  options: FindEventOptions,
  eventId: string,
  data: boolean,
): Promise<Journey[]> {
  const { storage, topology, routeOf, routeState, turns, now } = options
  const registered = new Map((await storage.routes.list()).map(({ route, id }) => [route, id]))
  const journeys = new Map<string, Journey>()
  /** Ends of which no dead letter is left: what is newer of the same route is what a redrive made of it. */
  const past = new Set<ToldDelivery>()
  // What ends meanwhile is seen in both places, never in none; its end is what holds.
  const waits = await asTheyStand(await Array.fromAsync(waiting()), turns)
  const archived = await storage.archive.find(eventId)
  const letters = await Array.fromAsync(deadLetters())
  const ended = new Set<string | undefined>(archived.flatMap(({ ends }) => ends.map((end) => end.delivery)))
  const resting = new Set(letters.map(({ details }) => details.delivery))
  for (const delivery of resting) ended.add(delivery)
  // of an event in the archive and of what waits of it the archive's is the one that was accepted
  for (const { owner, record: bytes, ends } of archived) {
    const record = storedRecord(bytes)
    if (record === undefined) continue
    const journey = at(owner, record)
    for (const end of ends) {
      const told = endedDelivery(end, registered.get(end.route) ?? '', await attemptsOf(end.delivery))
      add(journey.deliveries, told)
      if (told.state === 'dead' && !resting.has(end.delivery)) past.add(told)
    }
  }
  for (const delivery of waits) {
    if (ended.has(delivery.id)) continue
    const record = delivery.record === undefined ? undefined : readable(delivery.record)
    const known = knownRoute(delivery.route)
    if (record === undefined) continue
    const told = waitingDelivery(delivery, known, await attemptsOf(delivery.id), now())
    add(at(ownerOf(known.id), record).deliveries, told)
  }
  for (const letter of letters) {
    const record = storedRecord(letter.record)
    if (record === undefined) continue
    const { id } = knownRoute(letter.route)
    const { delivery } = letter.details
    const failed = delivery === undefined ? [] : await attemptsOf(delivery)
    addDead(at(ownerOf(id), record).deliveries, deadDelivery(letter, id, failed))
  }
  for (const journey of journeys.values()) Object.assign(journey, others(journey))
  return [...journeys.values()].toSorted((a, b) => a.record.acceptedAt - b.record.acceptedAt)

  function add(deliveries: ToldDelivery[], told: ToldDelivery): void {
    const before = deliveries.findIndex((each) => past.has(each) && isOfRoute(each, told))
    if (before < 0) deliveries.push(told)
    else deliveries[before] = told
  }

  /** The archive may have told already how it ended. */
  function addDead(deliveries: ToldDelivery[], dead: ToldDelivery): void {
    const known = deliveries.findIndex(
      (each) => each.state === 'dead' && !past.has(each) && isOfRoute(each, dead),
    )
    const told = deliveries[known]
    if (told === undefined) add(deliveries, dead)
    else deliveries[known] = { ...dead, ...told }
  }

  async function* waiting() {
    let after: string | undefined
    do {
      const query = { eventId, data, limit: pageSize, ...(after !== undefined && { after }) }
      const { items, next } = await storage.deliveries.list(query)
      yield* items
      after = next
    } while (after !== undefined)
  }

  async function* deadLetters(): AsyncGenerator<DeadLetter> {
    let after: string | undefined
    for (;;) {
      const page = await storage.deadLetters.list({ limit: pageSize, ...(after !== undefined && { after }) })
      yield* page.filter(({ record }) => storedRecord(record)?.event.attributes['id'] === eventId)
      after = page.at(-1)?.id
      if (page.length < pageSize) return
    }
  }

  function attemptsOf(delivery: string): Promise<readonly FailedAttempt[]> {
    return storage.attempts(delivery)
  }

  function readable(bytes: Uint8Array): EventRecord | undefined {
    return data ? storedRecord(bytes) : headOf(bytes)
  }

  function knownRoute(number: RouteNumber): KnownRoute {
    const id = registered.get(number) ?? ''
    const { paused, failing, lastError } = routeState(id)
    return { id, route: routeOf(number), paused, failing: failing === true ? lastError?.reason : undefined }
  }

  /** What waits in a part of a flow was accepted by the flow. */
  function ownerOf(routeId: string): string {
    const { addressable } = routeIdentity(routeId)
    return topology()?.addressables.get(addressable)?.owner ?? addressable
  }

  function at(owner: string, record: EventRecord): Journey {
    const { id, source } = record.event.attributes
    const key = JSON.stringify([owner, record.acceptedAt, id, source])
    let journey = journeys.get(key)
    if (journey === undefined) {
      journey = { addressable: owner, record, deliveries: [], unmatched: [], unknown: [] }
      journeys.set(key, journey)
    }
    return journey
  }

  /** As the triggers are now: which of the others would not match, and which would. */
  function others({ addressable, record, deliveries }: Journey): Pick<Journey, 'unmatched' | 'unknown'> {
    const reached = new Set(deliveries.map(({ trigger }) => trigger))
    const routes = topology()?.addressables.get(addressable)?.routes ?? []
    const left = routes.filter(({ name }) => !reached.has(name))
    const matching = left.filter(({ filter }) => filter.matches(record.event.attributes))
    return {
      unmatched: reasonsOf(record, left),
      unknown: matching.slice(0, mostUnknown).map(({ name }) => name),
    }
  }
}

function isOfRoute(one: ToldDelivery, other: ToldDelivery): boolean {
  return (
    one.trigger === other.trigger &&
    one.namespace === other.namespace &&
    one.kind === other.kind &&
    one.to === other.to
  )
}

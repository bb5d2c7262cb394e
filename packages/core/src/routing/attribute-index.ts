import type { Attributes } from '../event/cloud-event.ts'
import { attributeText } from '../filter/attribute-text.ts'
import { weight } from '../filter/needs.ts'
import type { Condition, Cover } from '../filter/needs.ts'
import { AttributeTable } from './attribute-table.ts'
import type { UpdatableRouter } from './router.ts'
import { matchesShared, SharedFilters } from './shared-filters.ts'
import type { SharedFilter } from './shared-filters.ts'
import type { Route } from './topology.ts'

/**
 * A router whose cost grows with the routes that match, not with those that there are: each filter
 * stands under conditions that its events must meet, and only what an event's own values lead to is
 * evaluated.
 */
export function attributeRouter(routes: readonly Route[]): UpdatableRouter {
  const index = new AttributeIndex()
  index.update(routes)
  return index
}

/** A route, and its place in the order of the manifests. */
class Entry {
  /** What an event comes to that nothing else matches: most events match one route. */
  alone: readonly [Route]
  order: number

  constructor(route: Route, order: number) {
    this.alone = [route]
    this.order = order
  }

  get route(): Route {
    return this.alone[0]
  }
}

const none: readonly Route[] = []

/** The routes with one and the same filter. */
interface Group {
  readonly shared: SharedFilter
  /** The conditions that it stands under; undefined: every event is to be looked at. */
  readonly cover: Cover | undefined
  readonly entries: Set<Entry>
  /** The last event that led to it. */
  event: number
}

class AttributeIndex implements UpdatableRouter {
  readonly #filters = new SharedFilters()
  readonly #tables = new Map<string, AttributeTable<Group>>()
  readonly #everywhere = new Set<Group>()
  readonly #groups = new Map<string, Group>()
  readonly #entries = new Map<string, Entry>()
  /** Of the event that is being routed: nothing is made for an event that matches one route, or none. */
  #event = 0
  #attributes: Attributes = {}
  #first: Entry | undefined
  #more: Entry[] | undefined

  match(attributes: Attributes): readonly Route[] {
    this.#begin(attributes)
    for (const group of this.#everywhere) this.#visit(group)
    for (const [name, table] of this.#tables) {
      const text = attributeText(attributes, name)
      if (text !== undefined) table.visit(text, this.#visit)
    }
    if (this.#more === undefined) return this.#first?.alone ?? none
    return this.#more.toSorted((left, right) => left.order - right.order).map(({ route }) => route)
  }

  #begin(attributes: Attributes): void {
    this.#event += 1
    this.#attributes = attributes
    this.#first = undefined
    this.#more = undefined
  }

  readonly #visit = (group: Group): void => {
    if (group.event === this.#event) return
    group.event = this.#event
    if (!matchesShared(group.shared, this.#attributes, this.#event)) return
    for (const entry of group.entries) {
      if (this.#first === undefined) this.#first = entry
      else (this.#more ??= [this.#first]).push(entry)
    }
  }

  update(routes: readonly Route[]): void {
    const gone = new Set(this.#entries.keys())
    for (const [order, route] of routes.entries()) {
      gone.delete(route.id)
      const entry = this.#entries.get(route.id)
      if (entry !== undefined && entry.route.filter.text === route.filter.text) {
        entry.alone = [route]
        entry.order = order
      } else {
        this.#remove(route.id)
        this.#add(new Entry(route, order))
      }
    }
    for (const id of gone) this.#remove(id)
  }

  #add(entry: Entry): void {
    const { filter, id } = entry.route
    const group = this.#groups.get(filter.text) ?? this.#place(this.#filters.take(filter))
    group.entries.add(entry)
    this.#entries.set(id, entry)
  }

  #remove(id: string): void {
    const entry = this.#entries.get(id)
    if (entry === undefined) return
    this.#entries.delete(id)
    const group = this.#groups.get(entry.route.filter.text)
    group?.entries.delete(entry)
    if (group?.entries.size === 0) this.#displace(group)
  }

  #place(shared: SharedFilter): Group {
    const group = {
      shared,
      cover: this.#cheapest(shared.filter.needs.toMatch),
      entries: new Set<Entry>(),
      event: 0,
    }
    this.#groups.set(shared.filter.text, group)
    if (group.cover === undefined) this.#everywhere.add(group)
    for (const condition of group.cover ?? []) this.#table(condition.attribute).add(condition, group)
    return group
  }

  #displace(group: Group): void {
    this.#groups.delete(group.shared.filter.text)
    this.#everywhere.delete(group)
    for (const condition of group.cover ?? []) {
      const table = this.#table(condition.attribute)
      table.delete(condition, group)
      if (table.isEmpty) this.#tables.delete(condition.attribute)
    }
    this.#filters.release(group.shared)
  }

  #table(attribute: string): AttributeTable<Group> {
    const table = this.#tables.get(attribute) ?? new AttributeTable<Group>()
    this.#tables.set(attribute, table)
    return table
  }

  /** The cover under which a filter is looked at least often, as far as can be told. */
  #cheapest(covers: readonly Cover[]): Cover | undefined {
    const [first, ...others] = covers
    if (first === undefined) return undefined
    return others.reduce((best, cover) => (this.#cost(cover) < this.#cost(best) ? cover : best), first)
  }

  /** A crowded bucket is a sign of a value that many events have. */
  #cost(cover: Cover): number {
    return cover.reduce((sum, condition) => sum + weight(condition) * (1 + this.#crowd(condition)), 0)
  }

  #crowd(condition: Condition): number {
    return this.#tables.get(condition.attribute)?.bucket(condition)?.size ?? 0
  }
}

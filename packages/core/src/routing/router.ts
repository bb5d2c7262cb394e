import type { Attributes } from '../event/cloud-event.ts'
import type { Route } from './topology.ts'

/** Finds the routes of one addressable that an event matches, in the order of the manifests. */
export interface Router {
  match(attributes: Attributes): readonly Route[]
}

/** A router that takes up a changed list of routes without a new beginning. */
export interface UpdatableRouter extends Router {
  /** The routes from now on; those whose filter has the same text keep their place. */
  update(routes: readonly Route[]): void
}

import type { Attributes } from '../event/cloud-event.ts'
import type { Route } from './topology.ts'

/** Finds the routes of one addressable that an event matches, in the order of the manifests. */
export interface Router {
  match(attributes: Attributes): readonly Route[]
}

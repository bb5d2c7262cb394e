export type { Attributes, AttributeValue, CloudEvent, DataForm } from './event/cloud-event.ts'
export type { EventRecord, Failure } from './event/event-record.ts'
export { compileFilter } from './filter/compile-filter.ts'
export { FilterError } from './filter/filter-error.ts'
export type { FilterProblem } from './filter/filter-error.ts'
export type { Composition, Explanation, Filter, FilterExpression, FilterSpec } from './filter/filter.ts'
export { canNeverMatch } from './filter/needs.ts'
export type { Condition, Cover, Needs } from './filter/needs.ts'
export type { DeliveryPolicy } from './delivery/policy.ts'
export { linearRouter } from './routing/linear-index.ts'
export type { Router } from './routing/router.ts'
export type {
  Addressable,
  AddressablePath,
  DeadLetterTarget,
  Destination,
  ReplyTarget,
  Route,
  RouteRole,
  Topology,
} from './routing/topology.ts'

export type { Attributes, AttributeValue, CloudEvent, DataForm } from './event/cloud-event.ts'
export type { EventRecord, Failure } from './event/event-record.ts'
export type { Explanation, Filter, FilterExpression } from './filter/filter.ts'
export type { DeliveryPolicy } from './delivery/policy.ts'
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

export type { Attributes, AttributeValue, CloudEvent, DataForm } from './event/cloud-event.ts'
export type { EventRecord, Failure } from './event/event-record.ts'
export { ambiguitiesOf } from './filter/ambiguities.ts'
export type { Ambiguity } from './filter/ambiguities.ts'
export { compileCesql } from './filter/cesql/compile.ts'
export type { CompiledCesql } from './filter/cesql/compile.ts'
export type { CesqlError, CesqlErrorKind, CesqlResult } from './filter/cesql/evaluation.ts'
export { printCesql } from './filter/cesql/printer.ts'
export { cesqlReadings } from './filter/cesql/readings.ts'
export type { CesqlReadings } from './filter/cesql/readings.ts'
export { CesqlSyntaxError } from './filter/cesql/syntax-error.ts'
export { compileFilter } from './filter/compile-filter.ts'
export { failedClause } from './filter/failed-clause.ts'
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

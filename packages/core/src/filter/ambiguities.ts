import { cesqlReadings } from './cesql/readings.ts'
import type { CesqlReadings } from './cesql/readings.ts'
import type { FilterExpression, FilterSpec } from './filter.ts'

/** A CESQL expression of a filter that Knative would understand otherwise. */
export interface Ambiguity extends CesqlReadings {
  /** Below the trigger's spec: `filters[0].cesql`. */
  readonly path: string
}

/** Every such expression of a filter that compiles, for `validate` to warn of. */
export function ambiguitiesOf({ filters = [] }: FilterSpec): readonly Ambiguity[] {
  return filters.flatMap((filter, index) => ambiguitiesIn(filter, `filters[${index}]`))
}

function ambiguitiesIn(filter: FilterExpression, path: string): readonly Ambiguity[] {
  if ('cesql' in filter) {
    const readings = cesqlReadings(filter.cesql)
    return readings === undefined ? [] : [{ path: `${path}.cesql`, ...readings }]
  }
  if ('not' in filter) return ambiguitiesIn(filter.not, `${path}.not`)
  if ('all' in filter)
    return filter.all.flatMap((item, index) => ambiguitiesIn(item, `${path}.all[${index}]`))
  if ('any' in filter)
    return filter.any.flatMap((item, index) => ambiguitiesIn(item, `${path}.any[${index}]`))
  return []
}

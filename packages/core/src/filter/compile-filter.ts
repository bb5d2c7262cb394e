import { CesqlSyntaxError } from './cesql/syntax-error.ts'
import { cesql } from './cesql-filter.ts'
import { exact, prefix, presentAndNotEmpty, suffix } from './attribute-filter.ts'
import { all, any, everything, not } from './composite-filter.ts'
import { FilterError } from './filter-error.ts'
import type { FilterProblem } from './filter-error.ts'
import type { Filter, FilterSpec } from './filter.ts'

/** Where a problem is found while a filter is read: its path, and the list that it goes to. */
interface Place {
  readonly path: string
  readonly depth: number
  readonly problems: FilterProblem[]
}

/**
 * Compiles a trigger's filters. `filters` with at least one item replaces `attributes` (Knative
 * Trigger, `spec.filters`); an event passes when every item does; without either, everything passes.
 * @throws {FilterError} with every problem, each at its path; nothing is skipped, so that a filter
 * never passes more than it says.
 */
export function compileFilter(spec: FilterSpec): Filter {
  const problems: FilterProblem[] = []
  const filter = readSpec(spec, problems)
  const [first, ...others] = problems
  if (first !== undefined) throw new FilterError([first, ...others])
  return filter
}

function readSpec({ attributes, filters }: FilterSpec, problems: FilterProblem[]): Filter {
  if (filters !== undefined && !Array.isArray(filters)) {
    return refused({ path: 'filters', depth: 0, problems }, 'is no list', 'a list of filters')
  }
  if (filters !== undefined && filters.length > 0) {
    return readList(filters, { path: 'filters', depth: 0, problems }, all)
  }
  if (attributes === undefined) return everything
  return readLegacy(attributes, { path: 'filter.attributes', depth: 0, problems })
}

/** Knative's `spec.filter.attributes`; an empty map passes everything, as there. */
function readLegacy(attributes: unknown, place: Place): Filter {
  if (!isMap(attributes)) return refused(place, 'is no map', 'attribute names with their values')
  const parts = entriesOf(attributes, place, (name, value) =>
    value === '' ? presentAndNotEmpty(name) : exact(name, value),
  )
  return parts.length === 0 ? everything : all(parts)
}

function readExpression(expression: unknown, place: Place): Filter {
  if (!isMap(expression)) return refused(place, 'is no map', oneDialect)
  const [dialect, ...others] = Object.keys(expression)
  if (dialect === undefined) return refused(place, 'is empty', oneDialect)
  if (others.length > 0) {
    return refused(
      place,
      `has ${others.length + 1} dialects (${[dialect, ...others].join(', ')})`,
      oneDialect,
    )
  }
  if (place.depth === DEEPEST)
    return refused(place, `is nested deeper than ${DEEPEST} filters`, 'a flatter filter')
  const inner = { ...place, path: `${place.path}.${dialect}`, depth: place.depth + 1 }
  const value = expression[dialect]
  switch (dialect) {
    case 'exact':
      return readAttributes(value, inner, exact)
    case 'prefix':
      return readAttributes(value, inner, prefix)
    case 'suffix':
      return readAttributes(value, inner, suffix)
    case 'all':
      return readList(value, inner, all)
    case 'any':
      return readList(value, inner, any)
    case 'not':
      return not(readExpression(value, inner))
    case 'cesql':
      return readCesql(value, inner)
    default:
      return refused(inner, 'is no dialect of filters', oneDialect)
  }
}

/** Filters inside filters; more is no filter that anyone wrote. */
const DEEPEST = 100

const oneDialect = 'exactly one of exact, prefix, suffix, all, any, not, cesql'

function readAttributes(
  value: unknown,
  place: Place,
  clause: (name: string, value: string) => Filter,
): Filter {
  if (!isMap(value)) return refused(place, 'is no map', 'attribute names with their values')
  const names = Object.keys(value)
  if (names.length === 0) return refused(place, 'is empty', 'at least one attribute')
  return all(
    entriesOf(value, place, (name, text, entry) =>
      text === '' ? refused(entry, 'is empty', 'a string of at least one character') : clause(name, text),
    ),
  )
}

function entriesOf(
  map: Readonly<Record<string, unknown>>,
  place: Place,
  clause: (name: string, value: string, entry: Place) => Filter,
): Filter[] {
  return Object.entries(map).map(([name, value]) => {
    const entry = { ...place, path: `${place.path}.${name}` }
    if (!/^[a-z0-9]+$/.test(name))
      return refused(entry, 'is no attribute name', 'only lower-case letters and digits')
    if (typeof value !== 'string') return refused(entry, `is ${describe(value)}`, 'a string (in quotes)')
    return clause(name, value, entry)
  })
}

function readList(value: unknown, place: Place, compose: (parts: readonly Filter[]) => Filter): Filter {
  if (!Array.isArray(value)) return refused(place, 'is no list', 'a list of filters')
  if (value.length === 0) return refused(place, 'is empty', 'at least one filter')
  return compose(
    value.map((item: unknown, index) => readExpression(item, { ...place, path: `${place.path}[${index}]` })),
  )
}

function readCesql(value: unknown, place: Place): Filter {
  if (typeof value !== 'string')
    return refused(place, `is ${describe(value)}`, 'an expression of CloudEvents SQL')
  try {
    return cesql(value)
  } catch (error) {
    if (!(error instanceof CesqlSyntaxError)) throw error
    const { line, column, found, expected, excerpt } = error
    place.problems.push({
      path: place.path,
      problem: `line ${line}, column ${column}: found ${found}`,
      expected,
      excerpt,
    })
    return everything
  }
}

function refused({ path, problems }: Place, problem: string, expected: string): Filter {
  problems.push({ path, problem, expected })
  return everything
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function describe(value: unknown): string {
  if (value === null || value === undefined) return 'empty'
  if (typeof value === 'object') return Array.isArray(value) ? 'a list' : 'a map'
  return `the ${typeof value} ${JSON.stringify(value)}`
}

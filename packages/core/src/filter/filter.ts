import type { Attributes } from '../event/cloud-event.ts'
import type { Needs } from './needs.ts'

/** A compiled filter. It never throws: what cannot be evaluated does not match. */
export interface Filter {
  matches(attributes: Attributes): boolean
  /** The clauses of a filter with what each found, for `why` and `millrace filter`. */
  explain(attributes: Attributes): Explanation
  /** The filter as a person would write it. Two filters with one text match the same events. */
  readonly text: string
  /** What an event that matches must meet, and one that does not: what the routing index works with. */
  readonly needs: Needs
  /** Of a composite, the filters that it is made of. */
  readonly composition?: Composition
}

/** How a composite filter is made; `not` has one part. */
export interface Composition {
  readonly kind: 'all' | 'any' | 'not'
  readonly parts: readonly Filter[]
}

/** The outcome of one clause; composite dialects carry those of their children. */
export interface Explanation {
  readonly matched: boolean
  /** The clause as a person would write it, such as `exact type = "com.example.x"`. */
  readonly clause: string
  /** The value of the attribute that the clause looked at; of several ones, each with its name. */
  readonly value?: string
  /** Why it could not be evaluated (CESQL); such a clause does not match. */
  readonly error?: string
  /** Of a clause with children: whether it needs all of them, any of them, or the one not to match. */
  readonly kind?: Composition['kind']
  readonly children?: readonly Explanation[]
}

/** One item of `spec.filters` (Subscriptions API 3.2.4): exactly one dialect. */
export type FilterExpression =
  | { readonly exact: Readonly<Record<string, string>> }
  | { readonly prefix: Readonly<Record<string, string>> }
  | { readonly suffix: Readonly<Record<string, string>> }
  | { readonly all: readonly FilterExpression[] }
  | { readonly any: readonly FilterExpression[] }
  | { readonly not: FilterExpression }
  | { readonly cesql: string }

/** The filters of a trigger: `spec.filter.attributes` and `spec.filters`, which replaces the former. */
export interface FilterSpec {
  readonly attributes?: Readonly<Record<string, string>> | undefined
  readonly filters?: readonly FilterExpression[] | undefined
}

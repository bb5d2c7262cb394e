import type { Attributes } from '../event/cloud-event.ts'

/** A compiled filter. It never throws: what cannot be evaluated does not match. */
export interface Filter {
  matches(attributes: Attributes): boolean
  /** The clauses of a filter with what each found, for `why` and `millrace filter`. */
  explain(attributes: Attributes): Explanation
}

/** The outcome of one clause; composite dialects carry those of their children. */
export interface Explanation {
  readonly matched: boolean
  /** The clause as a person would write it, such as `exact type = "com.example.x"`. */
  readonly clause: string
  /** The value that the clause looked at, where it looked at one attribute. */
  readonly value?: string
  readonly children?: readonly Explanation[]
}

/** One item of `spec.filters` (Subscriptions API): exactly one dialect. */
export type FilterExpression =
  | { readonly exact: Readonly<Record<string, string>> }
  | { readonly prefix: Readonly<Record<string, string>> }
  | { readonly suffix: Readonly<Record<string, string>> }
  | { readonly all: readonly FilterExpression[] }
  | { readonly any: readonly FilterExpression[] }
  | { readonly not: FilterExpression }
  | { readonly cesql: string }

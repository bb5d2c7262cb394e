/** The three primitive types (CESQL 3.1): String, Integer and Boolean. */
export type Value = string | number | boolean

/**
 * A parsed expression. Operators of one level without parentheses are one flat `chain`, read from left
 * to right (CESQL 3.6); parentheses are no node, the shape of the tree says where they were needed.
 */
export type Expression =
  | { readonly kind: 'literal'; readonly value: Value }
  | { readonly kind: 'attribute'; readonly name: string }
  | { readonly kind: 'exists'; readonly name: string }
  | { readonly kind: 'not' | 'negate'; readonly operand: Expression }
  | {
      readonly kind: 'like'
      readonly operand: Expression
      readonly negated: boolean
      readonly pattern: string
    }
  | Membership
  | Chain
  | Call

export interface Membership {
  readonly kind: 'in'
  readonly operand: Expression
  readonly negated: boolean
  readonly set: readonly Expression[]
}

export interface Chain {
  readonly kind: 'chain'
  readonly level: Level
  readonly first: Expression
  readonly links: readonly Link[]
}

export interface Link {
  readonly operator: Operator
  readonly operand: Expression
}

export interface Call {
  readonly kind: 'call'
  /** In upper case. */
  readonly name: string
  readonly args: readonly Expression[]
}

/** The binary operators by level, the one that binds least first (CESQL 3.6). */
export const levels = {
  logic: ['AND', 'OR', 'XOR'],
  comparison: ['=', '!=', '<', '<=', '>', '>='],
  additive: ['+', '-'],
  multiplicative: ['*', '/', '%'],
} as const

export type Level = keyof typeof levels
export type Operator = (typeof levels)[Level][number]

export const levelOrder: readonly Level[] = ['logic', 'comparison', 'additive', 'multiplicative']

/** Words that are no names of attributes; in any case. */
export const keywords: ReadonlySet<string> = new Set([
  'AND',
  'OR',
  'XOR',
  'NOT',
  'LIKE',
  'IN',
  'EXISTS',
  'TRUE',
  'FALSE',
])

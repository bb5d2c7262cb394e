import type { Attributes } from '../../event/cloud-event.ts'
import type { Value } from './tree.ts'

/** The kinds of errors that an evaluation can meet (CESQL 3.3); the others are found by the parser. */
export type CesqlErrorKind = 'math' | 'cast' | 'missingAttribute' | 'functionEvaluation'

/** One error of an evaluation: it is a value beside the result, never thrown. */
export interface CesqlError {
  readonly kind: CesqlErrorKind
  readonly message: string
}

/** The two outputs of an evaluation (CESQL 1): it always goes through to the end. */
export interface CesqlResult {
  readonly value: Value
  readonly errors: readonly CesqlError[]
}

/** One evaluation under way: what it reads, and the errors so far. */
export class Evaluation {
  readonly attributes: Attributes
  #errors: CesqlError[] | undefined

  constructor(attributes: Attributes) {
    this.attributes = attributes
  }

  get errors(): readonly CesqlError[] {
    return this.#errors ?? []
  }

  get failed(): boolean {
    return this.#errors !== undefined
  }

  fail(kind: CesqlErrorKind, message: string): void {
    this.#errors ??= []
    this.#errors.push({ kind, message })
  }
}

import { isInteger } from '../../event/integer.ts'
import { toInteger, toTypeOf } from './casts.ts'
import type { Evaluation } from './evaluation.ts'
import type { Operator, Value } from './tree.ts'

/** What a binary operator does with two values that are there (CESQL 3.4.2). */
export interface BinaryOperation {
  readonly apply: (left: Value, right: Value, evaluation: Evaluation) => Value
  /** The zero value of its type, where an operand is a missing attribute (CESQL 3.2). */
  readonly zero: Value
}

/** Every operator but AND, OR and XOR, which decide what is evaluated at all. */
export const operations: Readonly<Record<Exclude<Operator, 'AND' | 'OR' | 'XOR'>, BinaryOperation>> = {
  '=': { zero: false, apply: equal },
  '!=': { zero: false, apply: (left, right, evaluation) => !equal(left, right, evaluation) },
  '<': comparison((left, right) => left < right),
  '<=': comparison((left, right) => left <= right),
  '>': comparison((left, right) => left > right),
  '>=': comparison((left, right) => left >= right),
  '+': arithmetic((left, right) => left + right),
  '-': arithmetic((left, right) => left - right),
  '*': arithmetic((left, right) => left * right),
  '/': division('/', (left, right) => Math.trunc(left / right)),
  '%': division('%', (left, right) => left % right),
}

/** The right operand's type decides which of the three equalities it is (CESQL 3.7). */
function equal(left: Value, right: Value, evaluation: Evaluation): boolean {
  return toTypeOf(right, left, evaluation) === right
}

function comparison(holds: (left: number, right: number) => boolean): BinaryOperation {
  return {
    zero: false,
    apply: (left, right, evaluation) => holds(toInteger(left, evaluation), toInteger(right, evaluation)),
  }
}

function arithmetic(compute: (left: number, right: number) => number): BinaryOperation {
  return {
    zero: 0,
    apply: (left, right, evaluation) =>
      inRange(compute(toInteger(left, evaluation), toInteger(right, evaluation)), evaluation),
  }
}

function division(operator: string, compute: (left: number, right: number) => number): BinaryOperation {
  return {
    zero: 0,
    apply(left, right, evaluation) {
      const dividend = toInteger(left, evaluation)
      const divisor = toInteger(right, evaluation)
      if (divisor !== 0) return inRange(compute(dividend, divisor), evaluation)
      evaluation.fail('math', `${dividend} ${operator} 0`)
      return 0
    },
  }
}

/** A result beyond 32 bits is an error with the zero value: Integers never wrap (CESQL 3.1, 3.3). */
export function inRange(result: number, evaluation: Evaluation): number {
  if (isInteger(result)) return result | 0
  evaluation.fail('math', `${result} is beyond 32 bits`)
  return 0
}

import { isInteger } from '../../event/integer.ts'
import type { Evaluation } from './evaluation.ts'
import type { Value } from './tree.ts'

/** Implicit and explicit casts (CESQL 3.7): one that fails gives the zero value and an error. */
export function toInteger(value: Value, evaluation: Evaluation): number {
  if (typeof value === 'number') return value
  if (typeof value === 'boolean') return value ? 1 : 0
  const integer = integerOf(value)
  if (integer !== undefined) return integer
  evaluation.fail('cast', `${shown(value)} is no 32-bit integer`)
  return 0
}

export function toBoolean(value: Value, evaluation: Evaluation): boolean {
  if (typeof value === 'boolean') return value
  if (typeof value === 'number') return value !== 0
  const boolean = booleanOf(value)
  if (boolean !== undefined) return boolean
  evaluation.fail('cast', `${shown(value)} is neither true nor false`)
  return false
}

/** Always possible. */
export function toText(value: Value): string {
  return typeof value === 'string' ? value : String(value)
}

/** Casts a value to the type of another one. */
export function toTypeOf(model: Value, value: Value, evaluation: Evaluation): Value {
  if (typeof model === typeof value) return value
  if (typeof model === 'string') return toText(value)
  return typeof model === 'number' ? toInteger(value, evaluation) : toBoolean(value, evaluation)
}

/** Digits with an optional sign, in the range of 32 bits. */
export function integerOf(text: string): number | undefined {
  if (!/^[+-]?[0-9]+$/.test(text)) return undefined
  const integer = Number(text)
  return isInteger(integer) ? integer | 0 : undefined
}

export function booleanOf(text: string): boolean | undefined {
  if (text.length > 5) return undefined
  const lower = text.toLowerCase()
  return lower === 'true' ? true : lower === 'false' ? false : undefined
}

function shown(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text)
}

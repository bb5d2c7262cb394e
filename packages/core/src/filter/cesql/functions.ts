import { booleanOf, integerOf, toBoolean, toInteger, toText } from './casts.ts'
import type { Evaluation } from './evaluation.ts'
import { join, left, length, lower, right, substring, trim, upper } from './strings.ts'
import type { Value } from './tree.ts'

/** A function of one name and number of arguments (CESQL 3.5). */
export interface Overload {
  /** As in a manual: `LEFT(x, y)`. */
  readonly signature: string
  readonly arity: number
  /** Whether more arguments may follow the first `arity` ones. */
  readonly variadic?: true
  /** What it returns where an argument is a missing attribute. */
  readonly zero: Value
  run(args: readonly Value[], evaluation: Evaluation): Value
}

/** The built-in functions (CESQL 3.5.1, 3.5.2), the casts (3.7) and their tests, which the SDKs know too. */
const table: Readonly<Record<string, readonly Overload[]>> = {
  LENGTH: [onText('LENGTH(x)', 0, (text) => length(text))],
  LOWER: [onText('LOWER(x)', '', lower)],
  UPPER: [onText('UPPER(x)', '', upper)],
  TRIM: [onText('TRIM(x)', '', (text) => trim(text))],
  CONCAT: [
    {
      signature: 'CONCAT(x, …)',
      arity: 0,
      variadic: true,
      zero: '',
      run: (args, evaluation) => join(args.map(toText), '', evaluation),
    },
  ],
  CONCAT_WS: [
    {
      signature: 'CONCAT_WS(delimiter, x, …)',
      arity: 1,
      variadic: true,
      zero: '',
      run: ([delimiter = '', ...texts], evaluation) => join(texts.map(toText), toText(delimiter), evaluation),
    },
  ],
  LEFT: [cut('LEFT(x, y)', left)],
  RIGHT: [cut('RIGHT(x, y)', right)],
  SUBSTRING: [
    cut('SUBSTRING(x, pos)', (text, position, evaluation) => substring(text, position, Infinity, evaluation)),
    {
      signature: 'SUBSTRING(x, pos, len)',
      arity: 3,
      zero: '',
      run: ([text = '', position = 0, count = 0], evaluation) =>
        substring(toText(text), toInteger(position, evaluation), toInteger(count, evaluation), evaluation),
    },
  ],
  ABS: [unary('ABS(x)', 0, (value, evaluation) => absolute(toInteger(value, evaluation), evaluation))],
  INT: [unary('INT(x)', 0, toInteger)],
  BOOL: [unary('BOOL(x)', false, toBoolean)],
  STRING: [unary('STRING(x)', '', toText)],
  IS_INT: [unary('IS_INT(x)', false, (value) => typeof value !== 'string' || integerOf(value) !== undefined)],
  IS_BOOL: [
    unary('IS_BOOL(x)', false, (value) => typeof value !== 'string' || booleanOf(value) !== undefined),
  ],
}

/** In upper case; calls are read in any case (CESQL 2). */
export const functionNames: readonly string[] = Object.keys(table).toSorted()

/** The function for so many arguments; where there is none, the signatures that there are. */
export function functionOf(name: string, args: number): Overload | string {
  const overloads = table[name] ?? []
  const fitting = overloads.find(({ arity, variadic }) => arity === args || (variadic && args > arity))
  return fitting ?? overloads.map(({ signature }) => signature).join(' or ')
}

function unary(
  signature: string,
  zero: Value,
  run: (value: Value, evaluation: Evaluation) => Value,
): Overload {
  return { signature, arity: 1, zero, run: ([value = ''], evaluation) => run(value, evaluation) }
}

function onText(
  signature: string,
  zero: Value,
  run: (text: string, evaluation: Evaluation) => Value,
): Overload {
  return unary(signature, zero, (value, evaluation) => run(toText(value), evaluation))
}

function cut(
  signature: string,
  run: (text: string, count: number, evaluation: Evaluation) => string,
): Overload {
  return {
    signature,
    arity: 2,
    zero: '',
    run: ([text = '', count = 0], evaluation) => run(toText(text), toInteger(count, evaluation), evaluation),
  }
}

/** The one integer without an absolute value gives the largest one and an error (CESQL 3.5.2). */
function absolute(value: number, evaluation: Evaluation): number {
  if (value !== -2_147_483_648) return Math.abs(value)
  evaluation.fail('math', 'ABS(-2147483648) is beyond 32 bits')
  return 2_147_483_647
}

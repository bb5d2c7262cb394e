import type { Attributes } from '../../event/cloud-event.ts'
import { isInteger } from '../../event/integer.ts'
import { toBoolean, toInteger, toText, toTypeOf } from './casts.ts'
import { Evaluation } from './evaluation.ts'
import type { CesqlResult } from './evaluation.ts'
import { functionOf } from './functions.ts'
import { compileLike } from './like.ts'
import { inRange, operations } from './operators.ts'
import type { BinaryOperation } from './operators.ts'
import { parseCesql } from './parser.ts'
import type { Call, Chain, Expression, Link, Membership, Value } from './tree.ts'

/**
 * One node at work. Undefined: the node is an attribute that the event lacks; what is made of it has
 * the zero value of its own type (CESQL 3.2).
 */
export type Evaluate = (evaluation: Evaluation) => Value | undefined

/** An expression ready to be evaluated. */
export interface CompiledCesql {
  readonly tree: Expression
  /** Goes through to the end, whatever happens: the value and, beside it, the errors. */
  evaluate(attributes: Attributes): CesqlResult
}

/**
 * Compiles an expression once, for any number of events.
 * @throws {CesqlSyntaxError} where it is no expression.
 */
export function compileCesql(expression: string): CompiledCesql {
  const tree = parseCesql(expression)
  const evaluate = compileTree(tree)
  return {
    tree,
    evaluate(attributes) {
      const evaluation = new Evaluation(attributes)
      const value = evaluate(evaluation) ?? false
      return { value, errors: evaluation.errors }
    },
  }
}

export function compileTree(expression: Expression): Evaluate {
  switch (expression.kind) {
    case 'literal':
      return () => expression.value
    case 'attribute':
      return attribute(expression.name)
    case 'exists':
      return (evaluation) => valueOf(evaluation.attributes, expression.name) !== undefined
    case 'not':
      return withOperand(expression.operand, false, (value, evaluation) => !toBoolean(value, evaluation))
    case 'negate':
      return withOperand(expression.operand, 0, (value, evaluation) =>
        inRange(-toInteger(value, evaluation), evaluation),
      )
    case 'like': {
      const like = compileLike(expression.pattern)
      return withOperand(expression.operand, false, (value) => like(toText(value)) !== expression.negated)
    }
    case 'in':
      return membership(expression)
    case 'call':
      return call(expression)
    case 'chain':
      return expression.level === 'logic' ? logic(expression) : binary(expression)
  }
}

function attribute(name: string): Evaluate {
  const message = `the event has no ${name}`
  return (evaluation) => {
    const value = valueOf(evaluation.attributes, name)
    if (value === undefined) evaluation.fail('missingAttribute', message)
    return value
  }
}

/** An empty subject counts as none; what is no type of CESQL is its text (CESQL 3.2). */
function valueOf(attributes: Attributes, name: string): Value | undefined {
  const value = attributes[name]
  if (typeof value === 'string') return value === '' && name === 'subject' ? undefined : value
  return typeof value === 'number' && !isInteger(value) ? String(value) : value
}

function withOperand(
  expression: Expression,
  zero: Value,
  apply: (value: Value, evaluation: Evaluation) => Value,
): Evaluate {
  const operand = compileTree(expression)
  return (evaluation) => {
    const value = operand(evaluation)
    return value === undefined ? zero : apply(value, evaluation)
  }
}

/** Every element is evaluated: only AND and OR leave anything out (CESQL 3.6). */
function membership({ operand, negated, set }: Membership): Evaluate {
  const literals = new Set(
    set.map((element) => (element.kind === 'literal' ? toText(element.value) : undefined)),
  )
  const elements = set.map(compileTree)
  const isLiteral = !literals.has(undefined)
  return withOperand(operand, false, (value, evaluation) => {
    if (isLiteral && typeof value === 'string') return literals.has(value) !== negated
    let isMember = false
    let isMissing = false
    for (const evaluate of elements) {
      const element = evaluate(evaluation)
      if (element === undefined) isMissing = true
      else if (toTypeOf(value, element, evaluation) === value) isMember = true
    }
    return !isMissing && isMember !== negated
  })
}

function call({ name, args }: Call): Evaluate {
  const overload = functionOf(name, args.length)
  if (typeof overload === 'string') throw new TypeError(`no function ${name} with ${args.length} arguments`)
  const evaluates = args.map(compileTree)
  return (evaluation) => {
    const values = evaluates.map((evaluate) => evaluate(evaluation))
    return values.every((value) => value !== undefined) ? overload.run(values, evaluation) : overload.zero
  }
}

/** Comparisons and arithmetic, from left to right. */
function binary({ first, links }: Chain): Evaluate {
  const start = compileTree(first)
  const steps = links.map((link) => ({ ...operationOf(link), operand: compileTree(link.operand) }))
  return (evaluation) => {
    let result = start(evaluation)
    for (const { operand, apply, zero } of steps) {
      const right = operand(evaluation)
      result = result === undefined || right === undefined ? zero : apply(result, right, evaluation)
    }
    return result
  }
}

function operationOf({ operator }: Link): BinaryOperation {
  if (operator === 'AND' || operator === 'OR' || operator === 'XOR')
    throw new TypeError(`${operator} in arithmetic`)
  return operations[operator]
}

/** AND, OR and XOR, from left to right; the first two do not look at the right where the left decides. */
export function logic({ first, links }: Chain, compileOperand = compileTree): Evaluate {
  const start = compileOperand(first)
  const steps = links.map(({ operator, operand }) => ({ operator, operand: compileOperand(operand) }))
  return (evaluation) => {
    let result = start(evaluation)
    for (const { operator, operand } of steps) {
      const left = result !== undefined && toBoolean(result, evaluation)
      if (operator === (left ? 'OR' : 'AND')) {
        result = left
        continue
      }
      const right = operand(evaluation)
      if (result === undefined || right === undefined) result = false
      else result = toBoolean(right, evaluation) !== (operator === 'XOR' && left)
    }
    return result
  }
}

import type { Attributes } from '../../event/cloud-event.ts'
import { attributeText } from '../attribute-text.ts'
import type { Composition, Explanation } from '../filter.ts'
import { toBoolean, toText } from './casts.ts'
import { compileTree, logic } from './compile.ts'
import type { Evaluate } from './compile.ts'
import { Evaluation } from './evaluation.ts'
import { printCesql } from './printer.ts'
import type { Chain, Expression } from './tree.ts'

/** Why an expression lets an event pass or not: a clause for each operand of AND, OR, XOR and NOT. */
export function explainCesql(tree: Expression, attributes: Attributes): Explanation {
  const evaluation = new Evaluation(attributes)
  const value = compileTree(tree)(evaluation)
  const matched = value === true && !evaluation.failed
  const { error: cause, ...clause } = explainClause(tree, attributes)
  const error = cause ?? (typeof value === 'boolean' ? undefined : `${describe(value)} is no Boolean`)
  return { ...clause, matched, clause: `cesql ${clause.clause}`, ...(error !== undefined && { error }) }
}

/** A clause counts as true where its operator would take it for that. */
function explainClause(tree: Expression, attributes: Attributes): Explanation {
  const evaluation = new Evaluation(attributes)
  const value = compileTree(tree)(evaluation) ?? false
  const clause = printCesql(tree)
  const children = childrenOf(tree, attributes)
  if (children.length > 0)
    return { matched: !evaluation.failed && value === true, clause, ...kindOf(tree), children }
  const errors = evaluation.errors.map(({ message }) => message)
  const seen = valuesSeen(tree, attributes)
  const matched = toBoolean(value, evaluation) && !evaluation.failed
  return {
    matched,
    clause,
    ...(seen !== undefined && { value: seen }),
    ...(errors.length > 0 && { error: errors.join('; ') }),
  }
}

function childrenOf(tree: Expression, attributes: Attributes): readonly Explanation[] {
  if (tree.kind === 'chain' && tree.level === 'logic') return operandsEvaluated(tree, attributes)
  if (tree.kind === 'not' && (isLogic(tree.operand) || tree.operand.kind === 'not')) {
    return [explainClause(tree.operand, attributes)]
  }
  return []
}

function kindOf(tree: Expression): { readonly kind?: Composition['kind'] } {
  if (tree.kind === 'not') return { kind: 'not' }
  if (tree.kind !== 'chain') return {}
  const operators = new Set(tree.links.map(({ operator }) => operator))
  if (operators.size > 1 || operators.has('XOR')) return {}
  return { kind: operators.has('AND') ? 'all' : 'any' }
}

/** The operands that are evaluated: a short circuit leaves the others out. */
function operandsEvaluated(chain: Chain, attributes: Attributes): readonly Explanation[] {
  const explained: Explanation[] = []
  const recorded = (operand: Expression): Evaluate => {
    const evaluate = compileTree(operand)
    return (evaluation) => {
      explained.push(explainClause(operand, attributes))
      return evaluate(evaluation)
    }
  }
  logic(chain, recorded)(new Evaluation(attributes))
  return explained
}

function isLogic(tree: Expression): boolean {
  return tree.kind === 'chain' && tree.level === 'logic'
}

/** The attribute that a clause reads, or all of them by name. */
function valuesSeen(tree: Expression, attributes: Attributes): string | undefined {
  const values = Array.from(namesIn(tree), (name) => [name, attributeText(attributes, name)] as const)
  const [only, ...others] = values
  if (only === undefined || others.length === 0) return only?.[1]
  return values.map(([name, value]) => `${name} = ${describe(value)}`).join(', ')
}

function namesIn(tree: Expression): ReadonlySet<string> {
  switch (tree.kind) {
    case 'literal':
      return new Set()
    case 'attribute':
    case 'exists':
      return new Set([tree.name])
    case 'not':
    case 'negate':
    case 'like':
      return namesIn(tree.operand)
    case 'in':
      return union([tree.operand, ...tree.set])
    case 'call':
      return union(tree.args)
    case 'chain':
      return union([tree.first, ...tree.links.map(({ operand }) => operand)])
  }
}

function union(trees: readonly Expression[]): ReadonlySet<string> {
  return new Set(trees.flatMap((tree) => [...namesIn(tree)]))
}

function describe(value: string | number | boolean | undefined): string {
  if (value === undefined) return 'nothing'
  return typeof value === 'string' ? JSON.stringify(value) : toText(value)
}

import { levelOrder } from './tree.ts'
import type { Chain, Expression, Value } from './tree.ts'

const POSTFIX = levelOrder.length
const PREFIX = POSTFIX + 1
const PRIMARY = PREFIX + 1

/** An expression's text, with the parentheses that its tree needs: parsing it gives the same tree. */
export function printCesql(expression: Expression): string {
  switch (expression.kind) {
    case 'literal':
      return printValue(expression.value)
    case 'attribute':
      return expression.name
    case 'exists':
      return `EXISTS ${expression.name}`
    case 'not':
      return `NOT ${inside(expression.operand, PREFIX)}`
    case 'negate':
      return printNegation(expression.operand)
    case 'like':
      return `${inside(expression.operand, POSTFIX)}${not(expression)} LIKE ${printValue(expression.pattern)}`
    case 'in':
      return `${inside(expression.operand, POSTFIX)}${not(expression)} IN (${list(expression.set)})`
    case 'call':
      return `${expression.name}(${list(expression.args)})`
    case 'chain':
      return printChain(expression)
  }
}

function printChain({ level, first, links }: Chain): string {
  const tighter = levelOrder.indexOf(level) + 1
  const rest = links.map(({ operator, operand }) => ` ${operator} ${inside(operand, tighter)}`)
  return inside(first, tighter) + rest.join('')
}

/** `- 5` is the negation of 5; without the space it would be the literal -5. */
function printNegation(operand: Expression): string {
  const text = inside(operand, PREFIX)
  return /^[0-9]+$/.test(text) ? `- ${text}` : `-${text}`
}

function printValue(value: Value): string {
  if (typeof value === 'boolean') return value ? 'TRUE' : 'FALSE'
  if (typeof value === 'number') return String(value)
  // In double quotes a backslash before a single quote stands for itself.
  const quote = [...value.matchAll(/\\[^]/g)].some(([pair]) => pair === "\\'") ? '"' : "'"
  const escaped = value.replaceAll(/\\[^]|['"]/g, (match) => (match === quote ? `\\${quote}` : match))
  return quote + escaped + quote
}

function inside(expression: Expression, least: number): string {
  const text = printCesql(expression)
  return bindingOf(expression) < least ? `(${text})` : text
}

function bindingOf(expression: Expression): number {
  switch (expression.kind) {
    case 'chain':
      return levelOrder.indexOf(expression.level)
    case 'like':
    case 'in':
      return POSTFIX
    case 'not':
    case 'negate':
      return PREFIX
    case 'literal':
    case 'attribute':
    case 'exists':
    case 'call':
      return PRIMARY
  }
}

function not({ negated }: { readonly negated: boolean }): string {
  return negated ? ' NOT' : ''
}

function list(expressions: readonly Expression[]): string {
  return expressions.map((expression) => printCesql(expression)).join(', ')
}

import { parseCesql } from './parser.ts'
import { printCesql } from './printer.ts'
import type { Chain, Expression, Link } from './tree.ts'

/** An expression with the parentheses that two ways of reading it put in. */
export interface CesqlReadings {
  /** From left to right (CESQL 3.6), as Millrace reads it. */
  readonly leftToRight: string
  /** From right to left, as the parser that Knative uses reads AND, OR and XOR. */
  readonly rightToLeft: string
}

/**
 * The two readings of an expression in which AND, OR and XOR meet without parentheses, so that Knative
 * would understand it otherwise; undefined where both read the same.
 * @throws {CesqlSyntaxError} where it is no expression.
 */
export function cesqlReadings(expression: string): CesqlReadings | undefined {
  const tree = parseCesql(expression)
  const leftToRight = printCesql(grouped(tree, fromLeft))
  const rightToLeft = printCesql(grouped(tree, fromRight))
  return leftToRight === rightToLeft ? undefined : { leftToRight, rightToLeft }
}

/** The tree with each mixed chain of logic made into nested pairs. */
function grouped(expression: Expression, pair: (chain: Chain) => Expression): Expression {
  const inner = (part: Expression): Expression => grouped(part, pair)
  switch (expression.kind) {
    case 'literal':
    case 'attribute':
    case 'exists':
      return expression
    case 'not':
    case 'negate':
    case 'like':
      return { ...expression, operand: inner(expression.operand) }
    case 'in':
      return { ...expression, operand: inner(expression.operand), set: expression.set.map(inner) }
    case 'call':
      return { ...expression, args: expression.args.map(inner) }
    case 'chain': {
      const links = expression.links.map((link) => ({ ...link, operand: inner(link.operand) }))
      const chain = { ...expression, first: inner(expression.first), links }
      return isMixed(chain) ? pair(chain) : chain
    }
  }
}

function isMixed({ level, links }: Chain): boolean {
  return level === 'logic' && new Set(links.map(({ operator }) => operator)).size > 1
}

function fromLeft({ first, links }: Chain): Expression {
  return links.reduce((left, link) => pairOf(left, link), first)
}

function fromRight({ first, links }: Chain): Expression {
  const operands = [first, ...links.map(({ operand }) => operand)]
  return links.reduceRight(
    (right, { operator }, index) => pairOf(operands[index] ?? right, { operator, operand: right }),
    operands.at(-1) ?? first,
  )
}

function pairOf(first: Expression, link: Link): Expression {
  return { kind: 'chain', level: 'logic', first, links: [link] }
}

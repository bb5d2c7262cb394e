import { needsOf, needsOfAll, needsOfAny, needsOfNot, nothingKnown } from '../needs.ts'
import type { Condition, Cover, Needs } from '../needs.ts'
import { booleanOf, integerOf, toText } from './casts.ts'
import { functionOf } from './functions.ts'
import { patternParts } from './like.ts'
import type { Chain, Expression, Membership, Operator, Value } from './tree.ts'

/**
 * What an event must meet for a filter's expression to be true without an error. Nothing is known of
 * the events that do not match: an error is one way of not matching.
 */
export function cesqlNeeds(tree: Expression): Needs {
  const type = typeOf(tree)
  const { toMatch } = type === 'boolean' ? outcomes(tree) : type === undefined ? asBoolean(tree) : never
  return { toMatch, toFail: [] }
}

const never: Needs = { toMatch: [[]], toFail: [] }

/** An attribute as the whole expression must be the Boolean itself. */
function asBoolean(tree: Expression): Needs {
  return tree.kind === 'attribute' ? needsOf('exact', tree.name, 'true') : nothingKnown
}

/** What must hold for an expression to be true, and for it to be false, both without an error. */
function outcomes(tree: Expression): Needs {
  switch (tree.kind) {
    case 'literal':
      return tree.value === true ? needsOfNot(never) : tree.value === false ? never : nothingKnown
    case 'exists':
      return needsOf('present', tree.name)
    case 'not':
      return needsOfNot(outcomes(tree.operand))
    case 'like': {
      const needs = { toMatch: likeCovers(tree.operand, tree.pattern), toFail: present(tree) }
      return tree.negated ? needsOfNot(needs) : needs
    }
    case 'in': {
      const needs = { toMatch: memberCovers(tree), toFail: present(tree) }
      return tree.negated ? needsOfNot(needs) : needs
    }
    case 'chain':
      return tree.level === 'logic' ? logic(tree) : comparison(tree)
    case 'attribute':
    case 'negate':
    case 'call':
      return { toMatch: present(tree), toFail: present(tree) }
  }
}

/** Operands that follow one another with the same operator are taken together. */
function logic({ first, links }: Chain): Needs {
  let needs = outcomes(first)
  for (let from = 0, to = 0; from < links.length; from = to) {
    const operator = links[from]?.operator
    while (links[to]?.operator === operator) to++
    needs = join(operator, [needs, ...links.slice(from, to).map(({ operand }) => outcomes(operand))])
  }
  return needs
}

function join(operator: Operator | undefined, parts: readonly Needs[]): Needs {
  if (operator === 'AND') return needsOfAll(parts)
  if (operator === 'OR') return needsOfAny(parts)
  return parts.reduce((left, right) => {
    const different = [needsOfAll([left, needsOfNot(right)]), needsOfAll([needsOfNot(left), right])]
    const same = [needsOfAll([left, right]), needsOfAll([needsOfNot(left), needsOfNot(right)])]
    return { toMatch: needsOfAny(different).toMatch, toFail: needsOfAny(same).toMatch }
  })
}

/** An attribute on the left is compared as a String where the right is one (CESQL 3.7). */
function comparison(chain: Chain): Needs {
  const needs = { toMatch: present(chain), toFail: present(chain) }
  const [link, ...others] = chain.links
  if (chain.first.kind !== 'attribute' || link?.operand.kind !== 'literal' || others.length > 0) return needs
  const { value } = link.operand
  if (typeof value !== 'string') return needs
  const equal = [[exact(chain.first.name, value)]]
  if (link.operator === '=') return { ...needs, toMatch: equal }
  return link.operator === '!=' ? { ...needs, toFail: equal } : needs
}

function likeCovers(operand: Expression, pattern: string): readonly Cover[] {
  if (operand.kind !== 'attribute') return present(operand)
  const [first, ...others] = patternParts(pattern)
  if (first === undefined) return [[exact(operand.name, '')]]
  if (first.kind !== 'text') {
    const last = others.at(-1)
    return last?.kind === 'text'
      ? [[{ kind: 'suffix', attribute: operand.name, value: last.text }]]
      : present(operand)
  }
  const kind = others.length === 0 ? 'exact' : 'prefix'
  return [[{ kind, attribute: operand.name, value: first.text }]]
}

function memberCovers({ operand, set }: Membership): readonly Cover[] {
  const everywhere = [operand, ...set].flatMap(present)
  if (operand.kind !== 'attribute') return everywhere
  const texts = new Set<string>()
  for (const element of set) {
    if (element.kind !== 'literal') return everywhere
    for (const text of textsEqualTo(element.value)) texts.add(text)
  }
  return [Array.from(texts, (text) => exact(operand.name, text))]
}

/** The text of every attribute, of any type, that a literal equals once it is cast to that type. */
function textsEqualTo(value: Value): readonly string[] {
  const text = toText(value)
  const integer = typeof value === 'boolean' ? Number(value) : integerOf(text)
  const boolean = typeof value === 'number' ? value !== 0 : booleanOf(text)
  return [text, ...[integer, boolean].filter((other) => other !== undefined).map(toText)]
}

/** The attributes that are read whenever an expression is evaluated: without one it is an error. */
function present(tree: Expression): readonly Cover[] {
  switch (tree.kind) {
    case 'literal':
    case 'exists':
      return []
    case 'attribute':
      return [[{ kind: 'present', attribute: tree.name, value: '' }]]
    case 'not':
    case 'negate':
    case 'like':
      return present(tree.operand)
    case 'in':
      return [tree.operand, ...tree.set].flatMap(present)
    case 'call':
      return tree.args.flatMap(present)
    case 'chain':
      if (tree.level === 'logic') return present(tree.first)
      return [tree.first, ...tree.links.map(({ operand }) => operand)].flatMap(present)
  }
}

function exact(attribute: string, value: string): Condition {
  return { kind: 'exact', attribute, value }
}

/** The type of an expression's value, where it does not depend on the event. */
function typeOf(tree: Expression): 'string' | 'number' | 'boolean' | undefined {
  switch (tree.kind) {
    case 'literal':
      return primitive(tree.value)
    case 'attribute':
      return undefined
    case 'exists':
    case 'not':
    case 'like':
    case 'in':
      return 'boolean'
    case 'negate':
      return 'number'
    case 'call': {
      const overload = functionOf(tree.name, tree.args.length)
      return typeof overload === 'string' ? undefined : primitive(overload.zero)
    }
    case 'chain':
      return tree.level === 'logic' || tree.level === 'comparison' ? 'boolean' : 'number'
  }
}

function primitive(value: Value): 'string' | 'number' | 'boolean' {
  return typeof value === 'string' ? 'string' : typeof value === 'number' ? 'number' : 'boolean'
}

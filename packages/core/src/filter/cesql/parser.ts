import { isInteger } from '../../event/integer.ts'
import { functionOf, functionNames } from './functions.ts'
import { tokens } from './lexer.ts'
import type { Token } from './lexer.ts'
import { CesqlSyntaxError } from './syntax-error.ts'
import { keywords, levelOrder, levels } from './tree.ts'
import type { Expression, Level, Link, Operator } from './tree.ts'

/** The longest expression, in bytes of UTF-8. */
const LONGEST = 8 * 1024

/** Parentheses, prefix operators and calls inside one another; chains of operators do not count. */
const DEEPEST = 100

/**
 * Reads an expression of CloudEvents SQL 1.0. Unknown functions and wrong numbers of arguments are
 * found here, not when an event comes.
 * @throws {CesqlSyntaxError} with the place in the expression.
 */
export function parseCesql(expression: string): Expression {
  const bytes = new TextEncoder().encode(expression).length
  if (bytes > LONGEST) {
    throw new CesqlSyntaxError(expression, 0, `${bytes} bytes`, `at most ${LONGEST} bytes`)
  }
  return new Parser(expression).whole()
}

class Parser {
  readonly #expression: string
  readonly #tokens: readonly Token[]
  #at = 0
  #depth = 0

  constructor(expression: string) {
    this.#expression = expression
    this.#tokens = tokens(expression)
  }

  whole(): Expression {
    const tree = this.#chain(0)
    if (this.#token.kind !== 'end') throw this.#unexpected('an operator or the end')
    return tree
  }

  /** One level of binary operators, from left to right (CESQL 3.6). */
  #chain(index: number): Expression {
    const level = levelOrder[index]
    if (level === undefined) return this.#postfix()
    const first = this.#chain(index + 1)
    const links: Link[] = []
    for (let operator = this.#operator(level); operator !== undefined; operator = this.#operator(level)) {
      links.push({ operator, operand: this.#chain(index + 1) })
    }
    return links.length === 0 ? first : { kind: 'chain', level, first, links }
  }

  #operator(level: Level): Operator | undefined {
    const { kind, text } = this.#token
    if (kind !== 'symbol' && kind !== 'word') return undefined
    const written = text === '<>' ? '!=' : text.toUpperCase()
    const operator = levels[level].find((candidate) => candidate === written)
    if (operator !== undefined) this.#at++
    return operator
  }

  #postfix(): Expression {
    let operand = this.#unary()
    while (true) {
      const negated = this.#takeWord('NOT')
      if (this.#takeWord('LIKE')) operand = { kind: 'like', operand, negated, pattern: this.#pattern() }
      else if (this.#takeWord('IN')) operand = { kind: 'in', operand, negated, set: this.#set() }
      else if (negated) throw this.#unexpected('LIKE or IN')
      else return operand
    }
  }

  /** A pattern is a string literal, never an expression (CESQL 3.4.3). */
  #pattern(): string {
    const token = this.#token
    if (token.kind !== 'string') throw this.#unexpected('a pattern in quotes')
    this.#at++
    return token.text
  }

  #set(): readonly Expression[] {
    if (!this.#takeSymbol('(')) throw this.#unexpected('"(" and the values of the set')
    return this.#deeper(() => this.#listed())
  }

  #unary(): Expression {
    const token = this.#token
    if (this.#takeWord('NOT')) return this.#deeper(() => ({ kind: 'not', operand: this.#unary() }))
    const sign = this.#takeSymbol('-') ? -1 : this.#takeSymbol('+') ? 1 : undefined
    if (sign === undefined) return this.#primary()
    // A sign right before the digits belongs to the literal (CESQL 2.2), so that -2147483648 is one.
    if (this.#token.kind === 'integer' && this.#token.start === token.end)
      return this.#integer(sign, token.start)
    if (sign === 1) throw this.#unexpected('digits right after the sign')
    return this.#deeper(() => ({ kind: 'negate', operand: this.#unary() }))
  }

  #primary(): Expression {
    const token = this.#token
    if (token.kind === 'integer') return this.#integer(1, token.start)
    if (token.kind === 'string') {
      this.#at++
      return { kind: 'literal', value: token.text }
    }
    if (this.#takeWord('TRUE')) return { kind: 'literal', value: true }
    if (this.#takeWord('FALSE')) return { kind: 'literal', value: false }
    if (this.#takeWord('EXISTS')) return { kind: 'exists', name: this.#name('the name of an attribute') }
    if (this.#takeSymbol('(')) return this.#deeper(() => this.#parenthesized())
    if (token.kind !== 'word') throw this.#unexpected('a value')
    const following = this.#tokens[this.#at + 1]
    if (following?.text === '(' && following.kind === 'symbol' && !isKeyword(token)) return this.#call()
    return { kind: 'attribute', name: this.#name('a value') }
  }

  #parenthesized(): Expression {
    const inner = this.#chain(0)
    if (!this.#takeSymbol(')')) throw this.#unexpected('an operator or ")"')
    return inner
  }

  #integer(sign: 1 | -1, start: number): Expression {
    const value = sign * Number(this.#token.text)
    if (!isInteger(value)) {
      const digits = this.#expression.slice(start, this.#token.end)
      throw this.#error(start, quote(digits), 'an integer from -2147483648 to 2147483647')
    }
    this.#at++
    return { kind: 'literal', value: value === 0 ? 0 : value }
  }

  /** Attributes are lower-case letters and digits (CESQL 2.2, CloudEvents 3.1). */
  #name(expected: string): string {
    const token = this.#token
    if ((token.kind !== 'word' && token.kind !== 'integer') || isKeyword(token))
      throw this.#unexpected(expected)
    if (!/^[a-z0-9]+$/.test(token.text)) {
      const name = token.text.toLowerCase().replaceAll('_', '')
      throw this.#unexpected(
        `an attribute's name in lower-case letters and digits, such as ${name || 'type'}`,
      )
    }
    this.#at++
    return token.text
  }

  #call(): Expression {
    const token = this.#token
    const name = token.text.toUpperCase()
    if (!functionNames.includes(name)) throw this.#unexpected(`a function: ${functionNames.join(', ')}`)
    this.#at += 2
    const args = this.#takeSymbol(')') ? [] : this.#deeper(() => this.#listed())
    const overload = functionOf(name, args.length)
    if (typeof overload === 'string') {
      const count = args.length === 1 ? '1 argument' : `${args.length} arguments`
      throw this.#error(token.start, `${name} with ${count}`, overload)
    }
    return { kind: 'call', name, args }
  }

  #listed(): readonly Expression[] {
    const list = [this.#chain(0)]
    while (this.#takeSymbol(',')) list.push(this.#chain(0))
    if (!this.#takeSymbol(')')) throw this.#unexpected('an operator, "," or ")"')
    return list
  }

  #deeper<T>(read: () => T): T {
    if (this.#depth === DEEPEST) {
      throw this.#unexpected(
        `no more than ${DEEPEST} parentheses, prefix operators and calls inside one another`,
      )
    }
    this.#depth++
    const result = read()
    this.#depth--
    return result
  }

  get #token(): Token {
    return this.#tokens[this.#at] ?? { kind: 'end', text: '', start: 0, end: 0 }
  }

  #takeSymbol(text: string): boolean {
    const taken = this.#token.kind === 'symbol' && this.#token.text === text
    if (taken) this.#at++
    return taken
  }

  #takeWord(keyword: string): boolean {
    const taken = this.#token.kind === 'word' && this.#token.text.toUpperCase() === keyword
    if (taken) this.#at++
    return taken
  }

  #unexpected(expected: string): CesqlSyntaxError {
    const { kind, start, end } = this.#token
    const found = kind === 'end' ? 'the end' : quote(this.#expression.slice(start, end))
    return this.#error(start, found, expected)
  }

  #error(offset: number, found: string, expected: string): CesqlSyntaxError {
    return new CesqlSyntaxError(this.#expression, offset, found, expected)
  }
}

function isKeyword(token: Token): boolean {
  return keywords.has(token.text.toUpperCase())
}

function quote(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text)
}
